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

function writeWaiting({ caller, argument }: WaitingMessage, out: ByteWriter): void {
  out.uint8(caller === undefined ? 0 : 1);
  if (caller !== undefined) writeAddress(caller, out);
  writeTypedValue(argument, out);
}

function readWaiting(bytes: ByteReader): WaitingMessage {
  const caller = bytes.flag() ? readAddress(bytes) : undefined;
  return { caller, argument: readTypedValue(bytes) };
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
