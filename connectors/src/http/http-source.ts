/**
 * Records that are sent by HTTP. They are stored in a log in the ingress's own folder before they are acknowledged, and
 * always read from there: a record is processed at least once however often the process dies.
 *
 * Invariants
 * - One split; a record's offset is its sequence number in the log.
 * - The server runs while the split is read; a checkpoint that completes frees the log up to its position.
 */
import { join } from 'node:path';
import {
  ConnectorError,
  REQUEST_HEADER,
  type ConfigOf,
  type ConnectorContext,
  type Decisions,
  type Format,
  type Source,
  type SourceReader,
  type SourceSplit,
  type SplitEnumerator,
} from '../api/index.js';
import { EventLog, SEGMENT_BYTES } from '../event-log/event-log.js';
import { LogCursor } from '../event-log/log-cursor.js';
import { BatchBuilder } from '../reading/batch-builder.js';
import { QueuedReader, type FeedOutput } from '../reading/queued-reader.js';
import { allowedNames, isLoopback } from './addresses.js';
import { DecidedEvents } from './decided-events.js';
import { RecordServer } from './record-server.js';
import type { sourceOptions } from './source-options.js';
import { randomName } from '../staging/random-name.js';
import { readStamped, type ReadPayload } from './stamped-payload.js';

const SPLIT = 'requests';
const MAX_QUEUED_BYTES = 1024 * 1024;

export class HttpSource implements Source {
  readonly boundedness = 'unbounded';
  readonly replayable = true;
  #log: EventLog | undefined;

  constructor(
    readonly options: ConfigOf<typeof sourceOptions>,
    readonly format: Format,
    readonly context: ConnectorContext,
  ) {
    if (!isLoopback(options.host) && !options.insecure) {
      throw new ConnectorError(
        'invalid-option',
        `ingress ${context.name}: others can reach ${options.host} and there is no authentication; listen on 127.0.0.1, or write insecure: true`,
      );
    }
  }

  createEnumerator(): SplitEnumerator {
    return { discover: async () => [{ id: SPLIT }], close: async () => undefined };
  }

  createReader(): SourceReader {
    return new QueuedReader({
      feed: (split, output) => this.#feed(split, output),
      concurrency: 1,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      context: this.context,
      onCheckpointComplete: ([split]) => {
        if (split?.offset !== undefined) {
          this.#log?.trim(split.offset).catch((error: unknown) => this.context.fail(error as Error));
        }
      },
    });
  }

  async #feed(split: SourceSplit, output: FeedOutput): Promise<void> {
    // Only whole segments are removed, so a small log needs small ones.
    const segmentBytes = Math.min(SEGMENT_BYTES, this.options.maxLog / 4);
    const log = await EventLog.open(join(this.context.stateDir, 'log'), segmentBytes);
    this.#log = log;
    try {
      if (log.cutBytes > 0) {
        this.context.log?.(`ingress ${this.context.name}: an unfinished write of ${log.cutBytes} bytes was cut off`);
      }
      await this.#serve(log, this.#startOf(split, log), output);
    } finally {
      await log.close();
    }
  }

  async #serve(log: EventLog, from: number, output: FeedOutput): Promise<void> {
    const cursor = new LogCursor(log, from);
    const { options, format, context } = this;
    const decided = context.decisions && (await this.#decided(context.decisions, log, from));
    const server = new RecordServer({
      ...options,
      allowedNames: allowedNames(options.host, options.allowedHosts),
      mediaTypes: format.mediaTypes,
      maxBodyBytes: options.maxBody,
      format,
      context,
      hasRoom: () => log.bytes < options.maxLog && cursor.unreadBytes < options.maxBacklog,
      accept: (payloads) => log.append(payloads),
      ...(decided === undefined ? {} : { decided }),
    });
    try {
      context.log?.(`ingress ${context.name} listens on ${await server.listen()}`);
      await this.#read(cursor, output);
    } finally {
      await server.close();
      await cursor.close();
    }
  }

  async #read(cursor: LogCursor, output: FeedOutput): Promise<void> {
    const batch = new BatchBuilder(SPLIT);
    while (!output.closed) {
      const committed = cursor.log.next;
      const block = await cursor.next();
      if (block === undefined) {
        if (committed === cursor.log.next) await this.#nextCommit(cursor.log, output);
        continue;
      }
      const read = block.payloads.map(readStamped);
      for (const [index, { payload }] of read.entries()) batch.payload(payload, block.first + index);
      const taken = batch.take(block.bytes, block.first + block.payloads.length);
      const headers = read.map(headersOf);
      output.push(taken && headers.some((some) => some !== undefined) ? { ...taken, headers } : taken);
      await output.room();
    }
  }

  async #decided(decisions: Decisions, log: EventLog, from: number): Promise<DecidedEvents> {
    const { context } = this;
    return new DecidedEvents({
      decisions,
      stored: await storedRequests(log, from),
      newName: () => randomName(() => context.random()) + randomName(() => context.random()),
      store: (payload) => log.append([payload]),
    });
  }

  #nextCommit(log: EventLog, output: FeedOutput): Promise<void> {
    return new Promise((resolve) => {
      const takeBack = output.onClose(resolve);
      log.onCommit(() => {
        takeBack();
        resolve();
      });
    });
  }

  /** Throws a ConnectorError when the log is not the one that the offset was taken from. */
  #startOf(split: SourceSplit, log: EventLog): number {
    const from = split.offset ?? log.first;
    if (from >= log.first && from <= log.next) return from;
    throw new ConnectorError(
      'corrupt',
      `ingress ${this.context.name}: reading must go on at record ${from}, but the log in ${log.folder} has ${log.first} to ${log.next}`,
    );
  }
}

function headersOf({ request, traceparent }: ReadPayload): Readonly<Record<string, string>> | undefined {
  if (request === undefined && traceparent === undefined) return undefined;
  return {
    ...(request === undefined ? {} : { [REQUEST_HEADER]: request }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

/** The names of requests whose events will be read, again or for the first time. */
async function storedRequests(log: EventLog, from: number): Promise<ReadonlySet<string>> {
  const cursor = new LogCursor(log, from);
  const requests = new Set<string>();
  for (let block = await cursor.next(); block !== undefined; block = await cursor.next())
    for (const payload of block.payloads) {
      const { request } = readStamped(payload);
      if (request !== undefined) requests.add(request);
    }
  await cursor.close();
  return requests;
}
