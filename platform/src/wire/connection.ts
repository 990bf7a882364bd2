/**
 * One side of a connection between two processes of a cluster: a synchronous machine that is told of the bytes that come,
 * and writes through its host, which has the socket.
 *
 * Invariants
 * - Nothing is given out before the other side has said who it is and may be.
 * - Payloads arrive whole, in order and each once, until the connection is closed; what arrived last before that, nobody knows.
 * - It is closed at the first thing that is wrong, and when nothing was heard for `silenceMs`; its host is told once, with the
 *   reason. Both sides say something every `keepAliveMs`, so a peer that is only quiet is heard. The time in which this side
 *   itself stood still is not counted: what came meanwhile has not been read yet. One that is silent is not given up while
 *   the host vouches for it, as for one that is busy.
 */
import type { Clock } from '../common/clock.js';
import { Lifecycle, type TransitionObserver, type TransitionTable } from '../common/transition-table.js';
import { FrameReader } from './frame-reader.js';
import { FrameWriter } from './frame-writer.js';
import { HELLO_BYTES_MAX, judge, readHello, writeHello, type Hello, type Role } from './hello.js';
import { assertNoTls, assertWelcome, endedUnheard } from './refusal.js';
import { WireError } from './wire-error.js';

export type ConnectionState = 'greeting' | 'open' | 'closed';

export const CONNECTION_TRANSITIONS: TransitionTable<ConnectionState> = {
  greeting: ['open', 'closed'],
  open: ['closed'],
  closed: [],
};

export interface ConnectionOptions {
  readonly own: Hello;
  /** What the other side may be. */
  readonly roles: readonly Role[];
  /** Of one payload, in both directions. */
  readonly payloadBytesMax: number;
  readonly keepAliveMs: number;
  /** Several times `keepAliveMs`. */
  readonly silenceMs: number;
}

export interface ConnectionHost {
  /** @param payload not to be changed until it is written */
  write(header: Buffer, payload: Uint8Array): void;
  opened(peer: Hello): void;
  /** @param payload a view; nobody writes to it any more */
  received(payload: Buffer, channel: number): void;
  /**
   * The other side is silent: to be answered by `vouch`, and until then it is not given up. Absent: it is given up at once.
   * Not asked of one that has not said who it is.
   */
  doubted?(): void;
  /** The last call. The socket is to be closed, once what was written is on its way. @param error absent: somebody closed it on purpose */
  closed(error: WireError | undefined): void;
}

/**
 * What is known of a silent side. `busy`: it is there, and says nothing to anybody. `awake`: it has answered somebody else, and so
 * it would have spoken here, too, if anything passed.
 */
export type Presence = 'gone' | 'busy' | 'awake';

/** A frame of nothing says that one lives. */
const KEEP_ALIVE = new Uint8Array(0);

export class Connection {
  readonly #life: Lifecycle<ConnectionState>;
  readonly #writer = new FrameWriter();
  readonly #reader = new FrameReader(HELLO_BYTES_MAX);
  /** `Clock.monotonic()` of the last bytes from and to the other side. */
  #heard: number;
  #said: number;
  /** Whether the host is asked for the other side. */
  #isDoubted = false;
  /** Whether it was awake when it was last looked for, and has said nothing since. */
  #isAwake = false;
  /** When the next look at the clock is due. */
  #due = 0;
  #cancelTick: () => void = () => undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly clock: Clock,
    private readonly host: ConnectionHost,
    observer: TransitionObserver | undefined,
  ) {
    this.#life = new Lifecycle<ConnectionState>('connection', CONNECTION_TRANSITIONS, 'greeting', observer);
    this.#heard = this.#said = clock.monotonic();
  }

  get state(): ConnectionState {
    return this.#life.state;
  }

  /** To be called once, first. */
  start(): void {
    this.#write(writeHello(this.options.own));
    this.#tick();
  }

  /**
   * Of a connection that is open; ignored when it is closed.
   * @param payload at least one byte; not to be changed any more
   * @param channel for what uses one connection for several things; below 2^32
   */
  send(payload: Uint8Array, channel = 0): void {
    if (this.state === 'open') this.#write(payload, channel);
  }

  /** Bytes have come. */
  read(chunk: Buffer): void {
    if (this.state === 'closed') return;
    this.#heard = this.clock.monotonic();
    this.#isDoubted = this.#isAwake = false;
    this.#guard(() => {
      if (this.state === 'greeting') assertNoTls(chunk);
      this.#reader.read(chunk, (payload, channel) => this.#take(payload, channel));
    });
  }

  /** No bytes will come any more. @param reason absent: the other side has closed it in order */
  end(reason?: string): void {
    if (this.state === 'closed') return;
    if (reason !== undefined) this.#close(new WireError('cut', reason));
    else {
      this.#guard(() => {
        this.#reader.end();
        if (this.state === 'greeting') throw endedUnheard();
      });
    }
    this.close();
  }

  /** An answer to `doubted`. Ignored when the other side has spoken meanwhile. */
  vouch(presence: Presence): void {
    if (this.state === 'closed' || !this.#isDoubted) return;
    this.#isDoubted = false;
    if (presence === 'gone') return this.#giveUp();
    const { keepAliveMs, silenceMs } = this.options;
    const now = this.clock.monotonic();
    this.#isAwake = presence === 'awake';
    // What it says when it wakes up may still be on its way.
    this.#heard = this.#isAwake ? now - silenceMs + keepAliveMs : now;
  }

  close(): void {
    if (this.state !== 'closed') this.#close(undefined);
  }

  #take(payload: Buffer, channel: number): void {
    // The host may close it in the middle of a chunk.
    if (this.state === 'closed') return;
    if (this.state === 'greeting') {
      assertWelcome(payload);
      this.#greeted(readHello(payload));
    } else if (payload.length > 0) this.host.received(payload, channel);
  }

  #greeted(peer: Hello): void {
    judge(this.options.own, peer, this.options.roles);
    this.#reader.payloadBytesMax = this.options.payloadBytesMax;
    this.#life.to('open');
    this.host.opened(peer);
  }

  #write(payload: Uint8Array, channel = 0): void {
    this.#said = this.clock.monotonic();
    this.host.write(this.#writer.header(payload, channel), payload);
  }

  #tick(): void {
    const { keepAliveMs, silenceMs } = this.options;
    const now = this.clock.monotonic();
    if (this.#due > 0 && now - this.#due >= keepAliveMs) this.#heard = now;
    if (now - this.#heard >= silenceMs) this.#silent();
    if (this.#life.state === 'closed') return;
    if (this.state === 'open' && now - this.#said >= keepAliveMs) this.#write(KEEP_ALIVE);
    this.#due = now + keepAliveMs;
    this.#cancelTick = this.clock.schedule(keepAliveMs, () => this.#tick());
  }

  #silent(): void {
    if (this.state !== 'open' || this.host.doubted === undefined || this.#isAwake) return this.#giveUp();
    if (this.#isDoubted) return;
    this.#isDoubted = true;
    this.host.doubted();
  }

  #giveUp(): void {
    const { silenceMs } = this.options;
    this.#close(new WireError('silent', `nothing was heard of the other side for ${silenceMs} ms`));
  }

  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (this.state !== 'closed') this.#close(error);
    }
  }

  #close(error: WireError | undefined): void {
    this.#cancelTick();
    this.#life.to('closed');
    this.host.closed(error);
  }
}
