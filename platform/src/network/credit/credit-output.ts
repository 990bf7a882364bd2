/**
 * The producer's end of a channel over a network: a synchronous machine that sends packets through a port and is told of
 * those that come.
 *
 * Invariants
 * - Frames are numbered without a gap, and none is sent beyond the limit that the consumer has set, but for those before
 *   an announced barrier.
 * - What is not sent is held, in order.
 */
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import type { OutputChannel } from '../channel.js';
import { ChannelError } from '../channel-error.js';
import type { ElementWriter } from '../element-ends.js';
import { ElementPieces } from '../element-pieces.js';
import type { StreamElement } from '../element.js';
import { EXCLUSIVE_CREDITS } from './credit-pool.js';
import { FRAME_BYTES, readPacket, writePacket, type DataPacket } from './packet.js';
import type { PacketPort } from './packet-port.js';

interface Fragment {
  readonly payload: Uint8Array;
  readonly isLast: boolean;
}

export class CreditOutputChannel implements OutputChannel {
  readonly #pieces: ElementPieces;
  readonly #held: Fragment[] = [];
  #sequence = 0;
  #limit = EXCLUSIVE_CREDITS;
  /** Pushed so far. */
  #elements = 0;
  #isEndPushed = false;

  /**
   * @param attempt of the job: packets of others mean nothing here
   * @param elementBytesMax of one element on the wire
   */
  constructor(
    writer: ElementWriter,
    private readonly port: PacketPort,
    private readonly attempt: number,
    elementBytesMax: number,
  ) {
    this.#pieces = new ElementPieces(writer, elementBytesMax);
  }

  hasCredit(): boolean {
    return this.#held.length === 0 && this.#sequence < this.#limit;
  }

  usage(): number {
    const credit = this.#held.length > 0 ? 0 : this.#limit - this.#sequence;
    return 1 - Math.max(0, Math.min(1, credit / EXCLUSIVE_CREDITS));
  }

  /** Whether all that will ever be pushed was sent. */
  get hasEnded(): boolean {
    return this.#isEndPushed && this.#held.length === 0;
  }

  push(element: StreamElement): void {
    if (element.kind === 'end') this.#isEndPushed = true;
    this.#pieces.write(element, (piece) => {
      this.#elements++;
      // Mostly it goes at once: then the packet is the only copy.
      if (piece.length <= FRAME_BYTES && this.hasCredit()) this.#send({ payload: piece, isLast: true }, false);
      else this.#hold(piece);
    });
    this.#sendWithin(this.#limit, false);
  }

  #hold(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; at += FRAME_BYTES) {
      const end = Math.min(at + FRAME_BYTES, piece.length);
      // A Buffer's own `slice` would not copy.
      const payload = Uint8Array.prototype.slice.call(piece, at, end);
      this.#held.push({ payload, isLast: end === piece.length });
    }
  }

  announce(barrier: CheckpointBarrier): void {
    this.port.send(writePacket({ kind: 'announcement', barrier, place: this.#elements }, this.attempt));
    this.push({ kind: 'barrier', barrier });
    this.#sendWithin(Infinity, true);
  }

  /** What there is credit for was sent; the rest goes when credit comes. */
  flush(): boolean {
    return this.#held.length === 0;
  }

  /** What the consumer's end has sent. @returns whether it gives credit to who has waited for it @throws ChannelError */
  receive(bytes: Uint8Array): boolean {
    const packet = readPacket(bytes, this.attempt);
    if (packet === undefined) return false;
    if (packet.kind !== 'credit') throw new ChannelError('malformed', `a ${packet.kind} came from the consumer`);
    if (packet.limit <= this.#limit) return false;
    const hadCredit = this.hasCredit();
    this.#limit = packet.limit;
    this.#sendWithin(this.#limit, false);
    return !hadCredit;
  }

  #sendWithin(limit: number, isForced: boolean): void {
    let sent = 0;
    for (; sent < this.#held.length && this.#sequence < limit; sent++) this.#send(this.#held[sent]!, isForced);
    if (sent === this.#held.length) this.#held.length = 0;
    else this.#held.splice(0, sent);
  }

  #send({ payload, isLast }: Fragment, isForced: boolean): void {
    const sequence = this.#sequence++;
    const isStarved = this.#sequence >= this.#limit;
    const packet: DataPacket = {
      kind: 'data',
      sequence,
      isLast,
      isForced: isForced && sequence >= this.#limit,
      isStarved,
      payload,
    };
    this.port.send(writePacket(packet, this.attempt));
  }
}
