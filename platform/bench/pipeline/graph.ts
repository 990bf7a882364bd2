/** The plan of the benchmark: source → key by → counter. The counter stands where a pattern would. */
import { UNTYPED, type RecordType } from '../../src/expression/type.js';
import type { PatternRule, StreamGraph } from '../../src/job/stream-graph.js';
import { STATE_BYTES, type BenchmarkOptions } from './environment.js';

export const MAX_PARALLELISM = 128;

export function pipelineGraph({ backend, parallelism, stateDir }: BenchmarkOptions): StreamGraph {
  return {
    version: 1,
    name: 'pipeline',
    settings: {
      parallelism,
      maxParallelism: MAX_PARALLELISM,
      stateDir,
      baseDir: stateDir,
      maxRecordBytes: 1 << 20,
      bufferTimeout: 10,
      checkpoint: {
        interval: 1000,
        mode: 'exactly-once',
        timeout: 600_000,
        retain: 1,
        minPause: 0,
        tolerableFailures: 0,
      },
      restart: { strategy: 'none' },
      state: { backend },
      memory: { stateBytes: STATE_BYTES, networkBytes: 1 << 26 },
    },
    tables: [],
    sources: [
      {
        id: 'ingresses.events',
        name: 'events',
        connector: { type: 'events', options: {} },
        format: { type: 'plain', options: {} },
        schema: EVENT,
        time: { kind: 'event', field: ['ts'], format: 'epoch-millis', maxOutOfOrderness: 0, order: 'sorted' },
        onBadRecord: 'fail',
      },
    ],
    operators: [
      {
        kind: 'pattern',
        id: 'counter',
        inputs: [
          {
            from: 'ingresses.events',
            name: 'events',
            key: [
              {
                text: 'key',
                root: {
                  kind: 'field',
                  of: { kind: 'current' },
                  path: ['key'],
                  type: { kind: 'string' },
                  start: 0,
                  end: 3,
                },
              },
            ],
          },
        ],
        rules: [COUNTER],
      },
    ],
    sinks: [],
    edges: [{ from: 'ingresses.events', to: 'counter', tag: 'main', partition: 'hash' }],
  };
}

/** Apache Flink has it from the class. */
export const EVENT: RecordType = {
  kind: 'record',
  open: false,
  fields: {
    id: { type: { kind: 'int' } },
    key: { type: { kind: 'string' } },
    amount: { type: { kind: 'double' } },
    country: { type: { kind: 'string' } },
    merchant: { type: { kind: 'int' } },
    flag: { type: { kind: 'bool' } },
    note: { type: { kind: 'string' } },
    ts: { type: { kind: 'timestamp' } },
  },
};

const COUNTER: PatternRule = {
  name: 'counter',
  severity: 'low',
  tags: [],
  body: 'stages',
  select: [],
  fields: UNTYPED,
  message: [],
  onError: 'fail',
  fingerprint: 'counter',
  pattern: { stages: [], skip: { kind: 'none' } },
};
