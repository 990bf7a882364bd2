/** The pattern rules of an application at some parallelism, without tasks: fed, cut and restored by hand. */
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { keyGroupRange } from '../../../src/job/key-groups.js';
import type { KeyedStateHandle, OperatorStateHandle, StateFile } from '../../../src/job/state-handle.js';
import type { PatternNode, StreamGraph } from '../../../src/job/stream-graph.js';
import { MetricRegistry } from '../../../src/metrics/registry.js';
import { ChannelStateCodec } from '../../../src/network/channel-state.js';
import { BufferedRecords } from '../../../src/operators/buffered-records.js';
import type { Collector } from '../../../src/operators/operator.js';
import { PatternOperator, type PatternOperatorState } from '../../../src/operators/rule/pattern-operator.js';
import type { SourceSchemas } from '../../../src/record/codec/stream-record-codec.js';
import { keyGroupOf, subtaskOf, type Key } from '../../../src/record/key.js';
import { StreamRecord } from '../../../src/record/stream-record.js';
import type { KeyedStore } from '../../../src/state/keyed-store.js';
import { OperatorStateStore } from '../../../src/state/operator-state/operator-state-store.js';
import { HeapKeyedStore } from '../../../src/state/heap/heap-keyed-store.js';
import type { HeapSnapshot } from '../../../src/state/heap/heap-snapshot.js';
import { readHandlesNow } from '../../../src/state/restore/read-handles.js';
import { MAX_PARALLELISM, storeOptions } from '../../state/stores.js';

export interface PatternSnapshot {
  readonly handles: readonly KeyedStateHandle[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly parts: readonly OperatorStateHandle[];
}

const NOTHING: PatternSnapshot = { handles: [], files: new Map(), parts: [] };

interface Subtask {
  readonly store: HeapKeyedStore;
  readonly states: OperatorStateStore;
  readonly operator: PatternOperator;
}

export interface PatternEvent {
  readonly card: string;
  readonly amount: number;
  readonly at: number;
}

export class PatternSubtasks {
  readonly metrics = new MetricRegistry();
  readonly #subtasks: readonly Subtask[];
  readonly #alerts = new Map<string, string[]>();

  /** @param graph with one pattern node, keyed by `card` */
  constructor(
    graph: StreamGraph,
    readonly parallelism: number,
    given: PatternSnapshot = NOTHING,
    kept?: PatternOperatorState['kept'],
    /** The store of the only subtask, in the place of one on the heap. */
    private readonly store?: KeyedStore,
  ) {
    const [node, ...others] = graph.operators.filter((one): one is PatternNode => one.kind === 'pattern');
    assert.ok(node !== undefined && others.length === 0, 'there is one pattern node');
    this.#subtasks = Array.from({ length: parallelism }, (_, subtask) =>
      this.#open(graph, node, keyGroupRange(subtask, MAX_PARALLELISM, parallelism), given, kept),
    );
  }

  #open(
    graph: StreamGraph,
    node: PatternNode,
    keyGroups: ReturnType<typeof keyGroupRange>,
    given: PatternSnapshot,
    kept: PatternOperatorState['kept'],
  ): Subtask {
    const options = storeOptions({ keyGroups });
    const heap = new HeapKeyedStore(
      options,
      readHandlesNow(given.handles, ({ name }) => given.files.get(name)!, options),
    );
    const store = this.store ?? heap;
    const sources: SourceSchemas = Object.fromEntries(graph.sources.map(({ name, schema }) => [name, schema]));
    const codec = new ChannelStateCodec(sources);
    const states = new OperatorStateStore(given.parts);
    const state: PatternOperatorState = {
      store,
      sources,
      buffered: new BufferedRecords(states, {
        owner: node.id,
        name: 'waiting',
        codec,
        keyGroups,
        maxParallelism: MAX_PARALLELISM,
      }),
      ...(kept === undefined ? {} : { kept }),
    };
    const outputs = (rule: string) => ({
      main: this.#collector(rule, 'match'),
      timeout: this.#collector(rule, 'timeout'),
      error: this.#collector(rule, 'error'),
    });
    return {
      store: heap,
      states,
      operator: new PatternOperator(node, outputs, state, { tables: new Map() }, this.metrics),
    };
  }

  #collector(rule: string, what: string): Collector {
    return {
      collect: (payload) => {
        assert.ok(payload instanceof StreamRecord);
        const { timestamp, offset, alert } = payload;
        assert.ok(alert !== undefined);
        const key = String(alert.key);
        const stages = alert.stages.map(({ name, events }) => `${name}=${events.map((event) => event.offset).join()}`);
        const line = `${rule} ${what} ${offset} at ${timestamp}, ${alert.time}: ${stages.join(' ')}`;
        this.#alerts.set(key, [...(this.#alerts.get(key) ?? []), line]);
      },
    };
  }

  /** In order, by key. */
  get alerts(): ReadonlyMap<string, readonly string[]> {
    return this.#alerts;
  }

  process(event: PatternEvent, offset: number): void {
    const split = { ingress: 'payments', id: `payments-${offset % 2}` };
    const record = new StreamRecord({ ...event }, event.at, 'payments', split, offset, undefined, undefined);
    const key: Key = event.card;
    const { operator } =
      this.#subtasks[subtaskOf(keyGroupOf(key, MAX_PARALLELISM), MAX_PARALLELISM, this.parallelism)]!;
    operator.process(0, record, key);
  }

  watermark(time: number): void {
    for (const { operator } of this.#subtasks) operator.watermark(time);
  }

  /** @param meanwhile what happens to the operators while their states are written */
  snapshot(meanwhile: () => void = () => undefined): PatternSnapshot {
    const begun = this.#subtasks.map(({ store, states, operator }) => {
      operator.prepareSnapshot();
      return { parts: states.snapshot(), keyed: store.snapshot({ checkpoint: 1 }) };
    });
    meanwhile();
    const files = new Map<string, Uint8Array>();
    const handles = begun.flatMap(({ keyed }, subtask) => filesOf(keyed, `${subtask}`, files));
    return { handles, files, parts: begun.flatMap(({ parts }) => parts) };
  }
}

function filesOf(snapshot: HeapSnapshot, prefix: string, files: Map<string, Uint8Array>): KeyedStateHandle[] {
  const contents: Uint8Array[][] = [];
  for (const { file, bytes } of snapshot.slices()) (contents[file] ??= []).push(bytes.slice());
  const written = contents.map((pieces, index): StateFile => {
    const bytes = Buffer.concat(pieces);
    const name = `${prefix}-${index}`;
    files.set(name, bytes);
    return { name, bytes: bytes.length, crc32: crc32(bytes) };
  });
  const handle = snapshot.handleOf(written);
  // Handles stand in metadata as JSON.
  return handle === undefined ? [] : [JSON.parse(JSON.stringify(handle)) as KeyedStateHandle];
}
