/**
 * What goes from function to function in the simulator: a parcel that counts at each address of its route. What becomes of
 * it on the way follows from its name alone, so that the output that it leads to is known without running anything.
 */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { murmur3 } from '../../common/murmur3.js';

export interface Parcel {
  /** `SPLIT@OFFSET` of its event, with `~HOP` behind the first address. */
  readonly id: string;
  /** Ids of the addresses that it still goes on to. */
  readonly route: readonly string[];
  /** What it came by; absent: in no order with others. */
  readonly sender?: string;
  /** Rises from parcel to parcel of a sender, for one address. */
  readonly count: number;
}

/**
 * How it leaves for its next address.
 * - `delayed`: by a delayed message; `with-decoy`: by one with a token, beside another that is taken back before its time;
 * - `courier`: by way of a function without state.
 */
export type Way = 'direct' | 'delayed' | 'with-decoy' | 'courier';

const WAYS: readonly Way[] = ['direct', 'direct', 'delayed', 'with-decoy', 'courier'];
/** One in so many is refused wherever it comes. */
const REFUSED_OF = 97;
/** One in so many addresses' parcels has a copy sent to where everything is refused and kept. */
const KEPT_OF = 29;

const utf8 = new TextEncoder();

export function wayOf(parcel: string): Way {
  return WAYS[hashOf(parcel, 1) % WAYS.length]!;
}

/** Functions fail with it each time, so that it ends as a dead letter. */
export function isRefused(parcel: string): boolean {
  return hashOf(parcel, 2) % REFUSED_OF === 0;
}

export function isKept(parcel: string): boolean {
  return hashOf(parcel, 3) % KEPT_OF === 0;
}

/** From 0 to 2^32 - 1, the same for the same parcel. */
export function hashOf(parcel: string, seed: number): number {
  return murmur3(utf8.encode(parcel), seed);
}

/** At the next address. */
export function nextHop(parcel: string): string {
  const [event, hop = '0'] = parcel.split('~');
  return `${event}~${Number(hop) + 1}`;
}

export const PARCEL = 'probe/parcel';

export function writeParcel(parcel: Parcel): TypedValue {
  return { typename: PARCEL, hasValue: true, bytes: utf8.encode(JSON.stringify(parcel)) };
}

export function readParcel({ bytes }: TypedValue): Parcel {
  return JSON.parse(Buffer.from(bytes).toString()) as Parcel;
}
