/**
 * The shape of what a task acknowledges. It is kept in the checkpoint's metadata: whoever restores the job, or deletes what it
 * needs no more, goes by it.
 *
 * Invariants
 * - Files are named below the job's storage, and below a database's folder: no name leads out of them.
 */
import type { StagedEpoch } from '@tidegate/connectors/api';
import type {
  ChannelStateHandle,
  KeyedStateHandle,
  KeyGroupRange,
  OperatorStateHandle,
  StateBytes,
  StateDescription,
  StateFile,
  SubtaskSnapshot,
} from '../job/state-handle.js';
import {
  bytes,
  count,
  either,
  fields,
  list,
  matching,
  oneOf,
  shallow,
  text,
  whole,
  type Fields,
  type Shape,
} from './shape.js';

/** Of a name that comes from an application. */
export const NAME_LENGTH_MAX = 4096;
const DEPTH_MAX = 64;
const CRC_MAX = 2 ** 32;

const name = text(NAME_LENGTH_MAX);
/** Parts that are not empty, `.` or `..`, and have no sign that steers a terminal or is a separator somewhere. */
const PATH = /^(?!\.{1,2}(?:\/|$))[^/\\\p{Cc}]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\\p{Cc}]+)*$/u;

const keyGroups = fields<KeyGroupRange>({ first: count, last: whole });
const file = fields<StateFile>({
  name: matching(PATH, NAME_LENGTH_MAX),
  bytes: count,
  crc32: (value): value is number => count(value) && value < CRC_MAX,
});
const stateBytes: Shape<StateBytes> = either(fields<{ inline: Uint8Array }>({ inline: bytes }), fields({ file }));

const description = fields<StateDescription>({
  ...{ owner: name, name, codec: name },
  kind: oneOf(['value', 'list', 'map', 'reducing', 'aggregating', 'timers', 'broadcast', 'operator']),
  schema: shallow(DEPTH_MAX),
});

type Content = KeyedStateHandle['content'];
type Canonical = Extract<Content, { readonly format: 'canonical' }>;
type RocksDb = Extract<Content, { readonly format: 'rocksdb' }>;

const canonical = fields<Canonical>({ format: oneOf(['canonical']), version: count, files: list(file) });
const local = matching(PATH, NAME_LENGTH_MAX);
const rocksDb = fields<RocksDb>({
  format: oneOf(['rocksdb']),
  version: count,
  ids: list(count),
  files: list(either(fields({ local, file }), fields({ local, inline: bytes }))),
});

const keyed: Fields<KeyedStateHandle> = { keyGroups, states: list(description), content: either(canonical, rocksDb) };
const operator: Fields<OperatorStateHandle> = {
  ...{ owner: name, name },
  mode: oneOf(['split', 'union', 'broadcast']),
  entries: list(stateBytes),
};
const channel: Fields<ChannelStateHandle> = { edge: name, producer: count, consumer: count, elements: stateBytes };

export const snapshot = fields<SubtaskSnapshot>({
  keyed: list(fields(keyed), 1),
  operators: list(fields(operator)),
  channels: list(fields(channel)),
});

export const stagedEpoch = fields<StagedEpoch>({ subtask: count, epoch: count, staged: bytes });
