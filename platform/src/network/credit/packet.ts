/**
 * What the two ends of a credit channel say to each other, as bytes. A transport that is reliable and ordered carries them,
 * each whole and as it was sent, or breaks: it has the checksums. Data and announcements may pass each other.
 *
 * Invariants
 * - A packet that says nothing, or not what its end can hear, is a ChannelError.
 */
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import { ByteReader, CorruptBytesError } from '../../record/codec/byte-reader.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import { readBarrier, writeBarrier } from '../barrier-codec.js';
import { ChannelError } from '../channel-error.js';

/** From the producer. */
export interface DataPacket {
  readonly kind: 'data';
  /** Rises by one from frame to frame, from 0. */
  readonly sequence: number;
  /** Ends an element. */
  readonly isLast: boolean;
  /** Goes without credit, as an announced barrier is behind it. */
  readonly isForced: boolean;
  /** Took the last credit. */
  readonly isStarved: boolean;
  readonly payload: Uint8Array;
}

/** From the producer, ahead of data. */
export interface AnnouncementPacket {
  readonly kind: 'announcement';
  readonly barrier: CheckpointBarrier;
  /** How many elements come before it. */
  readonly place: number;
}

/** From the consumer. */
export interface CreditPacket {
  readonly kind: 'credit';
  /** Frames with a lower sequence may be sent: never falls, so an older one says nothing new. */
  readonly limit: number;
}

export type Packet = DataPacket | AnnouncementPacket | CreditPacket;

/** How many bytes of an element a frame carries. */
export const FRAME_BYTES = 32 * 1024;
/** Beyond the payload: kind, attempt, sequence, flags and length at their largest. */
export const PACKET_BYTES_MAX = FRAME_BYTES + 64;

const KIND = { data: 1, announcement: 2, credit: 3 } as const;
const FLAG = { last: 1, forced: 2, starved: 4 } as const;
/** Larger packets are written where they stay, smaller ones are copied out of a writer that all share. */
const SMALL_PAYLOAD = 2048;
const SMALL = new ByteWriter(SMALL_PAYLOAD + 64);

/** @param attempt rises with each attempt to run the job */
export function writePacket(packet: Packet, attempt: number): Uint8Array {
  const isLarge = packet.kind === 'data' && packet.payload.length > SMALL_PAYLOAD;
  const out = isLarge ? new ByteWriter(packet.payload.length + 64) : SMALL;
  out.reset();
  out.uint8(KIND[packet.kind]);
  out.varint(attempt);
  switch (packet.kind) {
    case 'data':
      out.varint(packet.sequence);
      out.uint8(
        (packet.isLast ? FLAG.last : 0) | (packet.isForced ? FLAG.forced : 0) | (packet.isStarved ? FLAG.starved : 0),
      );
      out.bytes(packet.payload);
      break;
    case 'announcement':
      writeBarrier(packet.barrier, out);
      out.varint(packet.place);
      break;
    case 'credit':
      out.varint(packet.limit);
  }
  return isLarge ? out.view() : Buffer.from(out.view());
}

/**
 * @param attempt of the end that reads
 * @returns undefined for a packet of an older attempt, which nobody waits for any more
 */
export function readPacket(bytes: Uint8Array, attempt: number): Packet | undefined {
  if (bytes.length > PACKET_BYTES_MAX) throw new ChannelError('malformed', `a packet has ${bytes.length} bytes`);
  const reader = new ByteReader(bytes);
  try {
    const kind = reader.uint8();
    const sent = reader.varint();
    if (sent > attempt) throw new ChannelError('attempt', `a packet of attempt ${sent} came to attempt ${attempt}`);
    if (sent < attempt) return undefined;
    const packet = readContent(kind, reader);
    if (reader.remaining > 0) throw new ChannelError('malformed', `${reader.remaining} bytes are left behind a packet`);
    return packet;
  } catch (error) {
    throw error instanceof CorruptBytesError ? new ChannelError('malformed', error.message) : error;
  }
}

function readContent(kind: number, bytes: ByteReader): Packet {
  switch (kind) {
    case KIND.data: {
      const sequence = bytes.varint();
      const flags = bytes.uint8();
      return {
        kind: 'data',
        sequence,
        isLast: (flags & FLAG.last) !== 0,
        isForced: (flags & FLAG.forced) !== 0,
        isStarved: (flags & FLAG.starved) !== 0,
        payload: bytes.bytes(),
      };
    }
    case KIND.announcement:
      return { kind: 'announcement', barrier: readBarrier(bytes), place: bytes.varint() };
    case KIND.credit:
      return { kind: 'credit', limit: bytes.varint() };
    default:
      throw new ChannelError('malformed', `no packet begins with ${kind}`);
  }
}
