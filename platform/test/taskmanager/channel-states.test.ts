import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { assignState } from '../../src/checkpoint/state-assignment.js';
import { edgeId } from '../../src/job/job-graph.js';
import { keyGroupRange } from '../../src/job/key-groups.js';
import { ChannelStateCodec } from '../../src/network/channel-state.js';
import type { FrameElement } from '../../src/network/element.js';
import { InputGate } from '../../src/network/input-gate.js';
import { LocalChannel } from '../../src/network/local-channel.js';
import { RecordWriter, type Partitioning } from '../../src/network/record-writer.js';
import { StreamRecord } from '../../src/record/stream-record.js';
import { tasksOf } from '../../src/scheduling/job-task.js';
import { ChannelStates } from '../../src/taskmanager/channel-states.js';
import { metadataOf, state } from '../checkpoint/snapshots.js';
import { pipeline } from '../coordinator/job-graphs.js';

const SPLIT = { ingress: 'in', id: 'a' };
const PRODUCERS = [0, 1] as const;
const MAX_PARALLELISM = 16;
const CODEC = new ChannelStateCodec({ in: { kind: 'record', fields: {}, open: true } });
const NO_TIME = { now: () => 0, monotonic: () => 0 };
const recordOf = (id: number): StreamRecord => new StreamRecord({}, id, 'in', SPLIT, id, undefined, undefined);
const idOf = (record: unknown): number => (record as StreamRecord).timestamp;
const keyOf = (id: number): number | undefined => (id % 7 === 0 ? undefined : id % 20);

interface OldChannel {
  readonly producer: number;
  readonly consumer: number;
  readonly frames: readonly FrameElement[];
}

/** What two producers had under way to `consumers` subtasks. */
function underWay(ids: readonly number[], consumers: number, keyed: boolean): OldChannel[] {
  return PRODUCERS.flatMap((producer) => {
    const channels = Array.from({ length: consumers }, () => new LocalChannel());
    const partitioning: Partitioning = keyed
      ? { kind: 'hash', keyOf: (record) => keyOf(idOf(record)), maxParallelism: MAX_PARALLELISM }
      : { kind: 'rebalance', subtask: 0 };
    const writer = new RecordWriter(channels, partitioning);
    ids.forEach((id, i) => {
      if (i % PRODUCERS.length === producer) writer.emit(recordOf(id));
      if (i % 5 === 0) writer.flush();
    });
    writer.flush();
    return channels.map((channel, consumer) => {
      const frames: FrameElement[] = [];
      for (let element = channel.poll(); element !== undefined; element = channel.poll())
        if (element.kind === 'frame') frames.push(element);
      return { producer, consumer, frames };
    });
  });
}

/** The frames that each subtask of the consumer begins with, after a checkpoint that overtook these. */
function restored(old: readonly OldChannel[], from: number, to: number, keyed: boolean): FrameElement[][] {
  const { vertices, edges } = pipeline('a', to, PRODUCERS.length);
  const spread = { ...edges[0]!, partition: keyed ? ('hash' as const) : ('rebalance' as const) };
  const graph = { vertices, edges: [spread, ...edges.slice(1)] };
  const edge = edgeId(spread);
  const subtasks = Array.from({ length: from }, (_, subtask) => {
    const mine = old.filter(({ consumer }) => consumer === subtask);
    const names = mine.map(({ producer, consumer }) => ({ edge, producer, consumer }));
    const inFlight = mine.map(({ frames }, channel) => ({ channel, frames }));
    const contents = new ChannelStates(names, CODEC).write(inFlight);
    return state({ channels: contents.map(({ bytes, ...name }) => ({ ...name, elements: { inline: bytes } })) });
  });
  const checkpoint = metadataOf(1, { 'rules.a': subtasks }, { maxParallelism: MAX_PARALLELISM });
  const options = { maxParallelism: MAX_PARALLELISM, allowNonRestoredState: false, rewound: false };
  const restores = assignState(checkpoint, tasksOf(graph), graph, options).get('rules.a')!;
  return restores.map(({ snapshot }, subtask) => {
    const gate = new InputGate(
      PRODUCERS.map(() => ({ channel: new LocalChannel(), input: 0 })),
      NO_TIME,
    );
    const states = new ChannelStates(
      PRODUCERS.map((producer) => ({ edge, producer, consumer: subtask })),
      CODEC,
    );
    const contents = snapshot.channels.map(({ elements, ...name }) => {
      assert.ok('inline' in elements);
      return { ...name, bytes: elements.inline };
    });
    const owned = keyGroupRange(subtask, MAX_PARALLELISM, to);
    states.recover(gate, contents, { ...owned, subtask, maxParallelism: MAX_PARALLELISM });
    const frames: FrameElement[] = [];
    for (let event = gate.poll(); event !== undefined; event = gate.poll()) {
      assert.equal(event.kind, 'frame');
      if (event.kind === 'frame') frames.push(event.frame);
    }
    return frames;
  });
}

describe('in-flight records at a restore', () => {
  for (const keyed of [true, false]) {
    it(`go to exactly one subtask each, ${keyed ? 'the owner of the key, in order' : 'without keys'}, at any parallelism`, () => {
      const parallelism = fc.integer({ min: 1, max: 5 });
      fc.assert(
        fc.property(fc.nat(60), parallelism, parallelism, (count, oldParallelism, parallelism) => {
          const ids = Array.from({ length: count }, (_, i) => i);
          const channels = underWay(ids, oldParallelism, keyed);
          const dealt = restored(channels, oldParallelism, parallelism, keyed).map((frames) => {
            for (const { records, keys } of frames)
              assert.deepEqual(keys, keyed ? records.map((record) => keyOf(idOf(record))) : undefined);
            return frames.flatMap(({ records }) => records.map(idOf));
          });
          assert.deepEqual(
            dealt.flat().sort((a, b) => a - b),
            ids,
          );
          if (!keyed) return;
          const fresh = underWay(ids, parallelism, true);
          dealt.forEach((mine, subtask) => {
            const owned = fresh.filter(({ consumer }) => consumer === subtask);
            for (const producer of PRODUCERS) {
              const expected = owned[producer]!.frames.flatMap(({ records }) => records.map(idOf));
              for (const key of new Set(expected.map(keyOf))) {
                assert.deepEqual(
                  mine.filter((id) => id % 2 === producer && keyOf(id) === key),
                  expected.filter((id) => keyOf(id) === key),
                );
              }
            }
          });
        }),
      );
    });
  }
});
