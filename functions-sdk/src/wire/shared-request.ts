/**
 * Several addresses in one request: an extension that a function's side offers in its description, and that StateFun
 * does not have. With many addresses of one message each, most of the cost is the request.
 *
 *     message SharedRequest { repeated ToFunction requests = 1; }
 *     message SharedReply   { repeated Reply replies = 1; }
 *     message Reply         { oneof reply { FromFunction answer = 1; Failure failure = 2; } }
 *     message Failure       { uint32 status = 1; string problem = 2; }
 *
 * Invariants
 * - There is one reply for each request, in their order; an address that fails does not fail another.
 * - A failure is what HTTP would have answered for it alone: the status, and the problem document (RFC 9457).
 */
import { readOutcome, writeOutcome } from './from-function.js';
import type { InvocationBatch, InvocationOutcome } from './messages.js';
import { ProtobufReader, WireType } from './protobuf-reader.js';
import { ProtobufWriter } from './protobuf-writer.js';
import { ProtocolError } from './protocol-error.js';
import { readToFunction, writeToFunction } from './to-function.js';

export const SHARED_REQUEST_TYPE = 'application/vnd.tidegate.shared-request+protobuf';

/** What became of one address's batch. */
export type SharedReply = InvocationOutcome | InvocationFailure;

export interface InvocationFailure {
  readonly kind: 'failure';
  /** As in HTTP. */
  readonly status: number;
  /** A problem document, JSON. */
  readonly problem: string;
}

const ELEMENT = (1 << 3) | WireType.Bytes;
const ANSWER = (1 << 3) | WireType.Bytes;
const FAILURE = (2 << 3) | WireType.Bytes;
const STATUS = (1 << 3) | WireType.Varint;
const PROBLEM = (2 << 3) | WireType.Bytes;

const sharedWriter = new ProtobufWriter();

export function encodeSharedRequest(batches: readonly InvocationBatch[]): Buffer {
  const writer = sharedWriter;
  writer.clear();
  for (let i = batches.length - 1; i >= 0; i--) {
    const end = writer.length;
    writeToFunction(writer, batches[i]!);
    writer.message(ELEMENT, end);
  }
  return writer.finish();
}

/** Throws a ProtocolError if any of it is not a batch. */
export function decodeSharedRequest(bytes: Uint8Array): InvocationBatch[] {
  return readAll(bytes, readToFunction);
}

export function encodeSharedReplies(replies: readonly SharedReply[]): Buffer {
  const writer = sharedWriter;
  writer.clear();
  for (let i = replies.length - 1; i >= 0; i--) {
    const end = writer.length;
    const reply = replies[i]!;
    if (reply.kind === 'failure') {
      writer.text(PROBLEM, reply.problem);
      writer.number(STATUS, reply.status);
      writer.message(FAILURE, end);
    } else {
      writeOutcome(writer, reply);
      writer.message(ANSWER, end);
    }
    writer.message(ELEMENT, end);
  }
  return writer.finish();
}

/** Throws a ProtocolError if any of it is not a reply. */
export function decodeSharedReplies(bytes: Uint8Array): SharedReply[] {
  return readAll(bytes, readReply);
}

function readAll<T>(bytes: Uint8Array, read: (reader: ProtobufReader) => T): T[] {
  const reader = new ProtobufReader(bytes);
  const elements: T[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ELEMENT) elements.push(within(reader, read));
    else reader.skip(tag);
  }
  return elements;
}

function readReply(reader: ProtobufReader): SharedReply {
  let reply: SharedReply | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ANSWER) reply = within(reader, readOutcome);
    else if (tag === FAILURE) reply = within(reader, readFailure);
    else reader.skip(tag);
  }
  if (reply === undefined) throw new ProtocolError('a reply is neither an answer nor a failure');
  return reply;
}

function readFailure(reader: ProtobufReader): InvocationFailure {
  let status = 0;
  let problem = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === STATUS) status = reader.uint32();
    else if (tag === PROBLEM) problem = reader.text();
    else reader.skip(tag);
  }
  return { kind: 'failure', status, problem };
}

function within<T>(reader: ProtobufReader, read: (reader: ProtobufReader) => T): T {
  const outer = reader.enter();
  const value = read(reader);
  reader.leave(outer);
  return value;
}
