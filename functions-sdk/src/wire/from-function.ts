/**
 * `FromFunction`, what a function answers: both directions, as the platform reads what a function writes. Field numbers
 * are those of `io.statefun.sdk.reqreply`. An answer without content is a success without effects.
 */
import {
  joinType,
  readAddress,
  readTypedValue,
  writeAddress,
  writeTypedValue,
  writeTypeName,
} from './address-codec.js';
import type {
  Address,
  DelayedMessage,
  Effects,
  EgressMessage,
  InvocationOutcome,
  OutgoingMessage,
  StateMutation,
  TypedValue,
} from './messages.js';
import { ProtobufReader, WireType } from './protobuf-reader.js';
import { ProtobufWriter } from './protobuf-writer.js';
import { ProtocolError } from './protocol-error.js';
import { readIncomplete, writeIncomplete } from './incomplete-context.js';

const RESULT = (100 << 3) | WireType.Bytes;
const INCOMPLETE = (101 << 3) | WireType.Bytes;
const STATE_MUTATIONS = (1 << 3) | WireType.Bytes;
const MESSAGES = (2 << 3) | WireType.Bytes;
const DELAYED = (3 << 3) | WireType.Bytes;
const EGRESSES = (4 << 3) | WireType.Bytes;
const FIRST_NUMBER = (1 << 3) | WireType.Varint;
const FIRST = (1 << 3) | WireType.Bytes;
const SECOND = (2 << 3) | WireType.Bytes;
const THIRD = (3 << 3) | WireType.Bytes;
const IS_CANCELLATION = (10 << 3) | WireType.Varint;
const TOKEN = (11 << 3) | WireType.Bytes;
const MODIFY = 1;

const sharedWriter = new ProtobufWriter();

export function encodeFromFunction(outcome: InvocationOutcome): Buffer {
  const writer = sharedWriter;
  writer.clear();
  writeOutcome(writer, outcome);
  return writer.finish();
}

export function writeOutcome(writer: ProtobufWriter, outcome: InvocationOutcome): void {
  const end = writer.length;
  if (outcome.kind === 'incomplete') {
    writeIncomplete(writer, outcome.missing);
    writer.message(INCOMPLETE, end);
    return;
  }
  const { messages, delayed, egresses, state } = outcome.effects;
  for (let i = egresses.length - 1; i >= 0; i--) writeEgress(writer, egresses[i]!);
  for (let i = delayed.length - 1; i >= 0; i--) writeDelayed(writer, delayed[i]!);
  for (let i = messages.length - 1; i >= 0; i--) writeMessage(writer, messages[i]!);
  for (let i = state.length - 1; i >= 0; i--) writeMutation(writer, state[i]!);
  writer.message(RESULT, end);
}

/** The bytes of values are views of `bytes`. Throws a ProtocolError for what is not an answer. */
export function decodeFromFunction(bytes: Uint8Array): InvocationOutcome {
  return readOutcome(new ProtobufReader(bytes));
}

/** The rest of the message that `reader` is in. */
export function readOutcome(reader: ProtobufReader): InvocationOutcome {
  let outcome: InvocationOutcome | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === RESULT) outcome = { kind: 'result', effects: readEffects(reader) };
    else if (tag === INCOMPLETE) outcome = { kind: 'incomplete', missing: readIncomplete(reader) };
    else reader.skip(tag);
  }
  return outcome ?? { kind: 'result', effects: { messages: [], delayed: [], egresses: [], state: [] } };
}

function writeMutation(writer: ProtobufWriter, { name, value }: StateMutation): void {
  const end = writer.length;
  if (value !== undefined) writeTypedValue(writer, THIRD, value);
  writer.text(SECOND, name);
  if (value !== undefined) writer.number(FIRST_NUMBER, MODIFY);
  writer.message(STATE_MUTATIONS, end);
}

function writeMessage(writer: ProtobufWriter, { target, argument }: OutgoingMessage): void {
  const end = writer.length;
  writeTypedValue(writer, SECOND, argument);
  writeAddress(writer, FIRST, target);
  writer.message(MESSAGES, end);
}

function writeDelayed(writer: ProtobufWriter, delayed: DelayedMessage): void {
  const end = writer.length;
  // Fields 10 and 11 stand first: so Apache's classes write them, in the order of their declaration.
  if (delayed.kind === 'send') {
    writeTypedValue(writer, THIRD, delayed.argument);
    writeAddress(writer, SECOND, delayed.target);
    if (delayed.delayMs > 0) writer.number(FIRST_NUMBER, delayed.delayMs);
  }
  if (delayed.token !== undefined) writer.text(TOKEN, delayed.token);
  if (delayed.kind === 'cancel') writer.number(IS_CANCELLATION, 1);
  writer.message(DELAYED, end);
}

function writeEgress(writer: ProtobufWriter, { egress, argument }: EgressMessage): void {
  const end = writer.length;
  writeTypedValue(writer, THIRD, argument);
  writeTypeName(writer, egress);
  writer.message(EGRESSES, end);
}

function readEffects(reader: ProtobufReader): Effects {
  const outer = reader.enter();
  const effects = {
    messages: [] as OutgoingMessage[],
    delayed: [] as DelayedMessage[],
    egresses: [] as EgressMessage[],
    state: [] as StateMutation[],
  };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === STATE_MUTATIONS) effects.state.push(readMutation(reader));
    else if (tag === MESSAGES) effects.messages.push(readMessage(reader));
    else if (tag === DELAYED) effects.delayed.push(readDelayed(reader));
    else if (tag === EGRESSES) effects.egresses.push(readEgress(reader));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return effects;
}

function readMutation(reader: ProtobufReader): StateMutation {
  const outer = reader.enter();
  let modifies = false;
  let name = '';
  let value: TypedValue | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === FIRST_NUMBER) modifies = reader.uint32() === MODIFY;
    else if (tag === SECOND) name = reader.name();
    else if (tag === THIRD) value = readTypedValue(reader);
    else reader.skip(tag);
  }
  reader.leave(outer);
  if (modifies && value === undefined) throw new ProtocolError(`state ${name} is changed, but to no value`);
  return { name, value: modifies ? value : undefined };
}

function readMessage(reader: ProtobufReader): OutgoingMessage {
  const outer = reader.enter();
  let target: Address | undefined;
  let argument: TypedValue | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === FIRST) target = readAddress(reader);
    else if (tag === SECOND) argument = readTypedValue(reader);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { target: present(target, 'a message', 'target'), argument: present(argument, 'a message', 'argument') };
}

function readDelayed(reader: ProtobufReader): DelayedMessage {
  const outer = reader.enter();
  let delayMs = 0;
  let target: Address | undefined;
  let argument: TypedValue | undefined;
  let cancels = false;
  let token: string | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === FIRST_NUMBER) delayMs = reader.int64();
    else if (tag === SECOND) target = readAddress(reader);
    else if (tag === THIRD) argument = readTypedValue(reader);
    else if (tag === IS_CANCELLATION) cancels = reader.bool();
    else if (tag === TOKEN) token = reader.text();
    else reader.skip(tag);
  }
  reader.leave(outer);
  if (cancels) return { kind: 'cancel', token: present(token || undefined, 'a cancellation', 'token') };
  if (delayMs < 0) throw new ProtocolError(`a message is delayed by ${delayMs} ms`);
  const what = 'a delayed message';
  return {
    kind: 'send',
    delayMs,
    target: present(target, what, 'target'),
    argument: present(argument, what, 'argument'),
    token: token || undefined,
  };
}

function readEgress(reader: ProtobufReader): EgressMessage {
  const outer = reader.enter();
  let namespace = '';
  let name = '';
  let argument: TypedValue | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === FIRST) namespace = reader.name();
    else if (tag === SECOND) name = reader.name();
    else if (tag === THIRD) argument = readTypedValue(reader);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { egress: joinType(namespace, name), argument: present(argument, 'a message to an egress', 'argument') };
}

function present<T>(value: T | undefined, what: string, part: string): T {
  if (value === undefined) throw new ProtocolError(`${what} has no ${part}`);
  return value;
}
