/**
 * All channels between two slots in one attempt of a job, over one connection.
 *
 * Its life: `connecting` until somebody may send; `open`; `broken` for good. What is sent before it is open waits.
 *
 * Invariants
 * - A packet reaches the end of its channel, also when it came before the task that the end is of; what comes after that
 *   task means nothing any more.
 * - When it breaks, every task with an end that has not ended fails, once, and so does each that comes later. Whoever has
 *   broken it, the other side is told why if it can be.
 */
import { messageOf, TidegateError } from '../../common/errors.js';
import type { Counter } from '../../metrics/registry.js';
import { Lifecycle, type TransitionTable } from '../../common/transition-table.js';
import { ChannelError } from '../../network/channel-error.js';
import type { PacketPort } from '../../network/credit/packet-port.js';
import type { TaskControl } from '../task-launcher.js';
import type { ChannelNumbers } from './channel-numbers.js';
import type { DataLink, DataLinkEvents } from './data-transport.js';

export type LinkState = 'connecting' | 'open' | 'broken';

export const LINK_TRANSITIONS: TransitionTable<LinkState> = {
  connecting: ['open', 'broken'],
  open: ['broken'],
  broken: [],
};

/** One end of a channel, on this side. */
export interface LinkEnd {
  /** @returns whether the task may go on by it @throws ChannelError */
  receive(packet: Uint8Array): boolean;
  /** Whether the channel needs the connection no more. */
  readonly hasEnded: boolean;
}

/** What all links of a slot have carried, in bytes. */
export interface LinkTraffic {
  readonly sent: Counter;
  readonly received: Counter;
}

/** The slot at the other end. */
export interface LinkPeer {
  readonly name: string;
  /** Absent: of its attempt nothing was deployed here yet. */
  readonly address?: string;
}

export type LinkOwner = Pick<TaskControl, 'fail' | 'wake'>;

/** No channel has as much on its way before both tasks are there. */
const EARLY_PACKETS_MAX = 64;

export class SlotLink implements DataLinkEvents {
  readonly #life = new Lifecycle<LinkState>('slot-link', LINK_TRANSITIONS, 'connecting', undefined);
  #link: DataLink | undefined;
  readonly #unsent: { readonly packet: Uint8Array; readonly channel: number }[] = [];
  readonly #ends = new Map<number, { readonly end: LinkEnd; readonly owner: LinkOwner }>();
  readonly #early = new Map<number, Uint8Array[]>();
  /** Channels whose end here is no more. */
  readonly #gone = new Set<number>();
  #failure: TidegateError | undefined;

  constructor(
    readonly attempt: number,
    readonly numbers: ChannelNumbers,
    private readonly peer: () => LinkPeer,
    private readonly traffic: LinkTraffic,
  ) {}

  get peerAddress(): string | undefined {
    return this.peer().address;
  }

  /** Whether a task here has an end of one of its channels. */
  get isUsed(): boolean {
    return this.#ends.size > 0;
  }

  /** Whether there is a connection, or was. */
  get isTaken(): boolean {
    return this.#link !== undefined || this.#life.state === 'broken';
  }

  /** @param isOpen whether it may be sent on already */
  use(link: DataLink, isOpen: boolean): void {
    this.#link = link;
    if (isOpen) this.opened();
  }

  /** Whoever makes the end is given what it sends through. */
  attach<E extends LinkEnd>(channel: string, owner: LinkOwner, make: (port: PacketPort) => E): E {
    const number = this.numbers.of(channel);
    const end = make({ send: (packet) => this.#send(packet, number) });
    this.#ends.set(number, { end, owner });
    if (this.#failure !== undefined) owner.fail(this.#failure);
    for (const packet of this.#early.get(number) ?? []) this.#deliver(packet, number);
    this.#early.delete(number);
    return end;
  }

  /** The task of these channels has ended. */
  detach(owner: LinkOwner): void {
    for (const [number, attached] of this.#ends) {
      if (attached.owner !== owner) continue;
      this.#ends.delete(number);
      this.#gone.add(number);
    }
  }

  opened(): void {
    this.#life.to('open');
    for (const { packet, channel } of this.#unsent.splice(0)) this.#link!.send(packet, channel);
  }

  received(packet: Uint8Array, channel: number): void {
    this.traffic.received.value += packet.length;
    this.#deliver(packet, channel);
  }

  #deliver(packet: Uint8Array, channel: number): void {
    if (this.#life.state === 'broken' || this.#gone.has(channel)) return;
    const attached = this.#ends.get(channel);
    if (attached === undefined) return this.#holdEarly(packet, channel);
    try {
      if (attached.end.receive(packet)) attached.owner.wake();
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      this.#refuse(messageOf(error));
    }
  }

  closed(reason: string): void {
    this.#break(reason);
  }

  /** Nobody here needs it any more. */
  close(reason: string): void {
    if (this.#life.state === 'broken') return;
    this.#life.to('broken');
    this.#link?.close(reason);
  }

  #send(packet: Uint8Array, channel: number): void {
    this.traffic.sent.value += packet.length;
    if (this.#life.state === 'open') this.#link!.send(packet, channel);
    else if (this.#life.state === 'connecting') this.#unsent.push({ packet, channel });
  }

  #holdEarly(packet: Uint8Array, channel: number): void {
    if (!this.numbers.has(channel)) return this.#refuse(`there is no channel ${channel} between these slots`);
    const held = this.#early.get(channel) ?? [];
    if (held.length === EARLY_PACKETS_MAX) return this.#refuse('more has come than there was credit for');
    held.push(packet);
    this.#early.set(channel, held);
  }

  #refuse(reason: string): void {
    this.#link!.close(reason);
    this.#break(reason);
  }

  #break(reason: string): void {
    if (this.#life.state === 'broken') return;
    this.#life.to('broken');
    this.#early.clear();
    const { name, address = '?' } = this.peer();
    const text = `the data connection with ${name} (${address}) is lost: ${reason}`;
    this.#failure = new TidegateError('TG433', text, { retriable: true });
    for (const { end, owner } of [...this.#ends.values()]) if (!end.hasEnded) owner.fail(this.#failure);
  }
}
