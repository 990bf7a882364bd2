/**
 * The consumer's end of a channel over a network: a synchronous machine that is told of the packets that come and sends
 * credit.
 *
 * Invariants
 * - The producer may have as many frames here or on their way as the channel has credits: its own and what the gate's pool
 *   has lent it. A frame's credit goes back when its element is polled; frames of an element that is not whole yet
 *   give theirs back at once, so that an element may be larger than the credits.
 * - Every frame comes once and in order, or the channel fails, and gives nothing more.
 */
import type { Announcement, InputChannel } from '../channel.js';
import { ArrivedElements } from '../arrived-elements.js';
import { ChannelError } from '../channel-error.js';
import type { ElementReader } from '../element-ends.js';
import type { StreamElement } from '../element.js';
import { Reassembly } from '../reassembly.js';
import { EXCLUSIVE_CREDITS, type CreditPool } from './credit-pool.js';
import { readPacket, writePacket, type DataPacket } from './packet.js';
import type { PacketPort } from './packet-port.js';

export class CreditInputChannel implements InputChannel {
  readonly #arrived: ArrivedElements;
  readonly #reassembly: Reassembly;
  #next = 0;
  #released = 0;
  #borrowed = 0;
  #sentLimit = EXCLUSIVE_CREDITS;
  #failure: ChannelError | undefined;
  #hasEnded = false;
  readonly #serve = (): void => {
    this.#borrowed++;
    this.#sendLimit();
  };

  /** For the parameters see CreditOutputChannel. */
  constructor(
    reader: ElementReader,
    private readonly port: PacketPort,
    private readonly attempt: number,
    elementBytesMax: number,
    private readonly pool: CreditPool,
  ) {
    this.#arrived = new ArrivedElements(reader);
    this.#reassembly = new Reassembly(elementBytesMax);
  }

  /** Whether all that will ever come was polled. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What the producer's end has sent. @returns true: there may be more to poll @throws ChannelError, from then on always the same */
  receive(bytes: Uint8Array): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      this.#accept(bytes);
      return true;
    } catch (error) {
      if (error instanceof ChannelError) this.#failure = error;
      throw error;
    }
  }

  #accept(bytes: Uint8Array): void {
    const packet = readPacket(bytes, this.attempt);
    switch (packet?.kind) {
      case undefined:
        return;
      case 'data':
        return this.#acceptData(packet);
      case 'announcement':
        return this.#arrived.announce(packet.barrier, packet.place);
      case 'credit':
        throw new ChannelError('malformed', 'credit came from the producer');
    }
  }

  #acceptData({ sequence, isLast, isForced, isStarved, payload }: DataPacket): void {
    if (sequence !== this.#next)
      throw new ChannelError('sequence', `frame ${sequence} came where frame ${this.#next} was expected`);
    if (sequence >= this.#sentLimit && !isForced)
      throw new ChannelError('credit', `frame ${sequence} came with credit up to ${this.#sentLimit}`);
    this.#next++;
    const element = this.#reassembly.add(payload, isLast);
    if (element === undefined) this.#released++;
    else this.#arrived.push(element);
    if (isStarved) this.#borrow();
    this.#grant();
  }

  /** As many again as there are, as far as the pool has them. */
  #borrow(): void {
    this.#borrowed += this.pool.take(this.#window(), this.#serve);
    this.#sendLimit();
  }

  poll(): StreamElement | undefined {
    if (this.#failure !== undefined) return undefined;
    const element = this.#arrived.poll();
    if (element === undefined) return undefined;
    if (element.kind === 'end') this.#hasEnded = true;
    this.#released++;
    if (this.#borrowed > 0 && this.pool.isWantedBack) {
      this.#borrowed--;
      this.pool.give(1);
    }
    this.#grant();
    return element;
  }

  /** `granted`: how many frames may come still; never more than `window`, part of which is `borrowed`. */
  get credit(): { readonly window: number; readonly granted: number; readonly borrowed: number } {
    return { window: this.#window(), granted: this.#sentLimit - this.#released, borrowed: this.#borrowed };
  }

  #window(): number {
    return EXCLUSIVE_CREDITS + this.#borrowed;
  }

  /** Tells the producer of credit that came back: not of every single one while it still has enough. */
  #grant(): void {
    const window = this.#window();
    const untold = this.#released + window - this.#sentLimit;
    if (untold * 2 >= window || this.#arrived.length === 0) this.#sendLimit();
  }

  #sendLimit(): void {
    const limit = this.#released + this.#window();
    if (limit <= this.#sentLimit) return;
    this.#sentLimit = limit;
    this.port.send(writePacket({ kind: 'credit', limit }, this.attempt));
  }

  announced(): Announcement | undefined {
    return this.#arrived.announced();
  }

  beforeAnnounced(): readonly StreamElement[] {
    return this.#arrived.beforeAnnounced();
  }

  /** Gives back what the pool has lent. */
  close(): void {
    this.pool.forget(this.#serve);
    this.pool.give(this.#borrowed);
    this.#borrowed = 0;
  }
}
