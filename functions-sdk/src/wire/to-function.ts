/**
 * `ToFunction`, what the platform asks of a function: both directions, as the platform writes what a function reads.
 * Field numbers are those of `io.statefun.sdk.reqreply`.
 */
import { readAddress, readTypedValue, writeAddress, writeTypedValue } from './address-codec.js';
import type { Address, Invocation, InvocationBatch, PersistedValue, TypedValue } from './messages.js';
import { ProtobufReader, WireType } from './protobuf-reader.js';
import { ProtobufWriter } from './protobuf-writer.js';
import { ProtocolError } from './protocol-error.js';

const INVOCATION = (100 << 3) | WireType.Bytes;
const TARGET = (1 << 3) | WireType.Bytes;
const STATE = (2 << 3) | WireType.Bytes;
const INVOCATIONS = (3 << 3) | WireType.Bytes;
/** Not of StateFun, whose SDKs pass it over. */
const TRACEPARENT = (100 << 3) | WireType.Bytes;
const STATE_NAME = (1 << 3) | WireType.Bytes;
const STATE_VALUE = (2 << 3) | WireType.Bytes;
const CALLER = (1 << 3) | WireType.Bytes;
const ARGUMENT = (2 << 3) | WireType.Bytes;

const sharedWriter = new ProtobufWriter();

/** The bytes of values are views of `bytes`. Throws a ProtocolError for whatever is not a batch for an address. */
export function decodeToFunction(bytes: Uint8Array): InvocationBatch {
  return readToFunction(new ProtobufReader(bytes));
}

/** The rest of the message that `reader` is in. */
export function readToFunction(reader: ProtobufReader): InvocationBatch {
  let batch: InvocationBatch | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === INVOCATION) batch = readBatch(reader);
    else reader.skip(tag);
  }
  if (batch === undefined) throw new ProtocolError('the request holds no invocation');
  return batch;
}

export function encodeToFunction(batch: InvocationBatch): Buffer {
  const writer = sharedWriter;
  writer.clear();
  writeToFunction(writer, batch);
  return writer.finish();
}

export function writeToFunction(writer: ProtobufWriter, batch: InvocationBatch): void {
  const end = writer.length;
  if (batch.traceparent !== undefined) writer.text(TRACEPARENT, batch.traceparent);
  for (let i = batch.invocations.length - 1; i >= 0; i--) writeInvocation(writer, batch.invocations[i]!);
  for (let i = batch.state.length - 1; i >= 0; i--) writeState(writer, batch.state[i]!);
  writeAddress(writer, TARGET, batch.target);
  writer.message(INVOCATION, end);
}

function readBatch(reader: ProtobufReader): InvocationBatch {
  const outer = reader.enter();
  let target: Address | undefined;
  const state: PersistedValue[] = [];
  const invocations: Invocation[] = [];
  let traceparent: string | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === INVOCATIONS) invocations.push(readInvocation(reader));
    else if (tag === STATE) state.push(readState(reader));
    else if (tag === TARGET) target = readAddress(reader);
    else if (tag === TRACEPARENT) traceparent = reader.text();
    else reader.skip(tag);
  }
  reader.leave(outer);
  if (target === undefined) throw new ProtocolError('the request does not say which address it is for');
  if (invocations.length === 0) throw new ProtocolError('the request holds no message for the address');
  return { target, state, invocations, ...(traceparent === undefined ? {} : { traceparent }) };
}

function readState(reader: ProtobufReader): PersistedValue {
  const outer = reader.enter();
  let name = '';
  let value: TypedValue | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === STATE_NAME) name = reader.name();
    else if (tag === STATE_VALUE) value = readTypedValue(reader);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { name, value };
}

function readInvocation(reader: ProtobufReader): Invocation {
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

function writeState(writer: ProtobufWriter, { name, value }: PersistedValue): void {
  const end = writer.length;
  if (value !== undefined) writeTypedValue(writer, STATE_VALUE, value);
  if (name !== '') writer.text(STATE_NAME, name);
  writer.message(STATE, end);
}

function writeInvocation(writer: ProtobufWriter, { caller, argument }: Invocation): void {
  const end = writer.length;
  if (argument !== undefined) writeTypedValue(writer, ARGUMENT, argument);
  if (caller !== undefined) writeAddress(writer, CALLER, caller);
  writer.message(INVOCATIONS, end);
}
