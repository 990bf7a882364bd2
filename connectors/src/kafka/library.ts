/**
 * kafkajs, loaded when the first topic is read or written: loading it takes as long as half a start of the command.
 *
 * Invariants
 * - It is a copy of our own, with our way from fetched bytes to messages in the place of its (`fetched/`), a shorter one through a
 *   transaction (`known-coordinator.ts`), headers as Kafka has them (`ordered-headers.ts`), and metadata that is always there (`answered-metadata.ts`): also where somebody else in this
 *   process has loaded kafkajs before. To those who share modules with it, as it loads some later, messages look the same.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { withAnsweredMetadata } from './answered-metadata.js';
import { addCodecs, type Codec } from './compression.js';
import { decodeFetched, type LibraryDecoder } from './fetched/decode-fetched.js';
import { FetchedBatch } from './fetched/fetched-batch.js';
import { withKnownCoordinator } from './known-coordinator.js';
import { withOrderedHeaders, type EncodeRecord, type RecordEncoder } from './ordered-headers.js';

type KafkaLibrary = typeof import('kafkajs');

const DECODER = 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
const BATCH = 'kafkajs/src/consumer/batch.js';
const CLUSTER = 'kafkajs/src/cluster/index.js';
const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
const ENCODER = 'kafkajs/src/protocol/encoder.js';
const EOS_MANAGER = 'kafkajs/src/producer/eosManager/index.js';

const require = createRequire(import.meta.url);
let library: KafkaLibrary | undefined;

export function kafkajs(): KafkaLibrary {
  if (library === undefined) {
    library = loaded();
    addCodecs(library);
  }
  return library;
}

function loaded(): KafkaLibrary {
  const folder = dirname(require.resolve('kafkajs')) + sep;
  for (const path of Object.keys(require.cache)) if (path.startsWith(folder)) delete require.cache[path];
  // Before anything else has them.
  replace<LibraryDecoder>(DECODER, (theirs) => decodeFetched(theirs, codecOf));
  replace(BATCH, () => FetchedBatch);
  replace<EncodeRecord>(RECORD, (theirs) => withOrderedHeaders(theirs, require(ENCODER) as new () => RecordEncoder));
  replace(CLUSTER, withAnsweredMetadata);
  replace(EOS_MANAGER, withKnownCoordinator);
  return require('kafkajs') as KafkaLibrary;
}

function replace<T>(path: string, ours: (theirs: T) => unknown): void {
  const theirs = require(path) as T;
  require.cache[require.resolve(path)]!.exports = ours(theirs);
}

function codecOf(type: number): Codec | undefined {
  const codecs: Readonly<Record<number, (() => Codec) | undefined>> = kafkajs().CompressionCodecs;
  return codecs[type]?.();
}
