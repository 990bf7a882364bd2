/**
 * An entry of the log of invocations: what must be done again, as it was, when the job goes on from a checkpoint that does
 * not have it.
 *
 *     byte 0   what it is      1 request | 2 outcome | 3 declared | 4 given-up | 5 decided
 *     then     its fields; an outcome in the bytes of StateFun's protocol
 */
import {
  decodeFromFunction,
  encodeFromFunction,
  type Address,
  type InvocationOutcome,
  type StateSpec,
  type TypedValue,
} from '@tidegate/functions-sdk/protocol';
import { ByteReader } from '../../record/codec/byte-reader.js';
import { ByteWriter } from '../../record/codec/byte-writer.js';
import { readTypedValue, writeTypedValue } from '../typed-value-codec.js';

export type InvocationEntry =
  /** Somebody asked, and what was asked is to be done. */
  | { readonly kind: 'request'; readonly target: Address; readonly request: string; readonly argument: TypedValue }
  /** What a call of an address came to, and the messages that it was for. */
  | {
      readonly kind: 'outcome';
      readonly target: Address;
      readonly consumed: readonly string[];
      readonly outcome: Extract<InvocationOutcome, { readonly kind: 'result' }>;
      /** When it was applied, epoch milliseconds: delays count from there. */
      readonly atMs: number;
    }
  /** State that a type has said it has. */
  | { readonly kind: 'declared'; readonly type: string; readonly state: readonly StateSpec[] }
  /** What was asked is not tried any more. */
  | {
      readonly kind: 'given-up';
      readonly target: Address;
      readonly request: string;
      readonly argument: TypedValue;
      readonly reason: string;
    }
  /** What somebody who had to be answered in time was told. */
  | {
      readonly kind: 'decided';
      readonly target: Address;
      readonly request: string;
      readonly by: DecidedBy;
      readonly argument: TypedValue;
    };

/** `replied`: who was asked. `defaulted`: nobody, in time. */
export type DecidedBy = (typeof DECIDED)[number];

const KINDS = ['request', 'outcome', 'declared', 'given-up', 'decided'] as const;
const DECIDED = ['replied', 'defaulted'] as const;

export function encodeEntry(entry: InvocationEntry): Uint8Array {
  const out = new ByteWriter();
  out.uint8(1 + KINDS.indexOf(entry.kind));
  switch (entry.kind) {
    case 'declared':
      out.string(entry.type);
      out.string(JSON.stringify(entry.state));
      break;
    case 'outcome':
      writeAddress(entry.target, out);
      out.varint(entry.consumed.length);
      for (const id of entry.consumed) out.string(id);
      out.double(entry.atMs);
      out.bytes(encodeFromFunction(entry.outcome));
      break;
    default:
      writeAddress(entry.target, out);
      out.string(entry.request);
      writeTypedValue(entry.argument, out);
      if (entry.kind === 'given-up') out.string(entry.reason);
      if (entry.kind === 'decided') out.uint8(DECIDED.indexOf(entry.by));
  }
  return out.finish();
}

/** @throws Error for bytes that are no entry */
export function decodeEntry(bytes: Uint8Array): InvocationEntry {
  const from = new ByteReader(bytes);
  const kind = KINDS[from.uint8() - 1];
  switch (kind) {
    case 'declared': {
      const type = from.string();
      return { kind, type, state: JSON.parse(from.string()) as StateSpec[] };
    }
    case 'outcome': {
      const target = readAddress(from);
      const consumed = Array.from({ length: from.count() }, () => from.string());
      const atMs = from.double();
      const outcome = decodeFromFunction(from.bytes());
      if (outcome.kind !== 'result') throw new Error('an entry of the log of invocations has no result');
      return { kind, target, consumed, outcome, atMs };
    }
    case 'request':
    case 'decided':
    case 'given-up': {
      const target = readAddress(from);
      const request = from.string();
      const argument = readTypedValue(from);
      if (kind === 'request') return { kind, target, request, argument };
      if (kind === 'decided') return { kind, target, request, argument, by: DECIDED[from.uint8()] ?? 'defaulted' };
      return { kind, target, request, argument, reason: from.string() };
    }
    default:
      throw new Error('an entry of the log of invocations is of no kind that is known');
  }
}

function writeAddress({ type, id }: Address, out: ByteWriter): void {
  out.string(type);
  out.string(id);
}

function readAddress(from: ByteReader): Address {
  const type = from.string();
  return { type, id: from.string() };
}
