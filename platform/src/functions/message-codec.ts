/** Messages as keyed state: those that wait for a call, and those that wait for their time. */
import type { Address } from '@tidegate/functions-sdk/protocol';
import type { ByteReader } from '../record/codec/byte-reader.js';
import type { ByteWriter } from '../record/codec/byte-writer.js';
import { IncompatibleState, type StateCodec } from '../state/state-codec.js';
import { bytesOf, type FunctionMessage, type WaitingMessage } from './function-message.js';
import { readTypedValue, writeTypedValue } from './typed-value-codec.js';

/** @param token frees itself when the message is sent */
export interface DelayedMessageState {
  readonly message: FunctionMessage;
  readonly token: string | undefined;
}

export const WAITING_MESSAGES: StateCodec<WaitingMessage> = codecOf(
  'waiting-message/1',
  writeWaiting,
  readWaiting,
  bytesOf,
);

export const DELAYED_MESSAGES: StateCodec<DelayedMessageState> = codecOf(
  'delayed-message/1',
  ({ message, token }, out) => {
    writeAddress(message.target, out);
    writeWaiting(message, out);
    out.uint8(token === undefined ? 0 : 1);
    if (token !== undefined) out.string(token);
  },
  (bytes) => {
    const target = readAddress(bytes);
    const message = { target, ...readWaiting(bytes) };
    return { message, token: bytes.flag() ? bytes.string() : undefined };
  },
  ({ message }) => bytesOf(message),
);

/** What stands before a message, in the bits of one byte. Versions before names of messages wrote 0 or `CALLER`. */
const CALLER = 1;
const NAME = 2;

function writeWaiting({ caller, argument, messageId }: WaitingMessage, out: ByteWriter): void {
  out.uint8((caller === undefined ? 0 : CALLER) | (messageId === undefined ? 0 : NAME));
  if (caller !== undefined) writeAddress(caller, out);
  if (messageId !== undefined) out.string(messageId);
  writeTypedValue(argument, out);
}

function readWaiting(bytes: ByteReader): WaitingMessage {
  const has = bytes.uint8();
  const caller = (has & CALLER) === 0 ? undefined : readAddress(bytes);
  const messageId = (has & NAME) === 0 ? undefined : bytes.string();
  return { caller, argument: readTypedValue(bytes), messageId };
}

function writeAddress({ type, id }: Address, out: ByteWriter): void {
  out.string(type);
  out.string(id);
}

function readAddress(bytes: ByteReader): Address {
  const type = bytes.string();
  return { type, id: bytes.string() };
}

function codecOf<T>(
  id: string,
  encode: (value: T, out: ByteWriter) => void,
  decode: (bytes: ByteReader) => T,
  sizeOf: (value: T) => number,
): StateCodec<T> {
  const migrate = (written: string) =>
    written === id ? decode : new IncompatibleState(`messages were written as ${written} and are read as ${id}`);
  return { id, schema: null, encode, decode, migrate, sizeOf };
}
