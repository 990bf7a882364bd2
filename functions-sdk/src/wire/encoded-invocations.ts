/**
 * The messages of a batch in the bytes that its request has for them: fields of an `InvocationBatchRequest`, which may be
 * encoded one at a time, when they come, and put behind each other when they go.
 */
import { readAddress, readTypedValue, writeAddress, writeTypedValue } from './address-codec.js';
import type { Address, Invocation, TypedValue } from './messages.js';
import { WireType, ProtobufReader } from './protobuf-reader.js';
import { ProtobufWriter } from './protobuf-writer.js';

export const INVOCATIONS = (3 << 3) | WireType.Bytes;
const CALLER = (1 << 3) | WireType.Bytes;
const ARGUMENT = (2 << 3) | WireType.Bytes;

/** Encodes one message after the other, and allocates nothing for it. */
export class InvocationEncoder {
  readonly #writer = new ProtobufWriter();

  /** @returns how many bytes it takes. Throws a RangeError for text that is no Unicode. */
  encode(invocation: Invocation): number {
    this.#writer.clear();
    writeInvocation(this.#writer, invocation);
    return this.#writer.length;
  }

  /** What was encoded last. */
  copyTo(target: Uint8Array, at: number): void {
    this.#writer.copyTo(target, at);
  }
}

/** The bytes of values are views of `bytes`. Throws a ProtocolError for what is not made of such fields. */
export function decodeInvocations(bytes: Uint8Array): Invocation[] {
  const reader = new ProtobufReader(bytes);
  const invocations: Invocation[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === INVOCATIONS) invocations.push(readInvocation(reader));
    else reader.skip(tag);
  }
  return invocations;
}

export function readInvocation(reader: ProtobufReader): Invocation {
  const outer = reader.enter();
  let caller: Address | undefined;
  let argument: TypedValue | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ARGUMENT) argument = readTypedValue(reader);
    else if (tag === CALLER) caller = readAddress(reader);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { caller, argument };
}

export function writeInvocation(writer: ProtobufWriter, { caller, argument }: Invocation): void {
  const end = writer.length;
  if (argument !== undefined) writeTypedValue(writer, ARGUMENT, argument);
  if (caller !== undefined) writeAddress(writer, CALLER, caller);
  writer.message(INVOCATIONS, end);
}
