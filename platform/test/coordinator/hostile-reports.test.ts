import assert from 'node:assert/strict';
import fc from 'fast-check';
import { workerReport } from '../../src/rpc/report-shape.js';
import type { TaskReport } from '../../src/rpc/task-execution.js';
import type { TaskManagerReport } from '../../src/rpc/task-manager.js';
import { ControlWorld, seededRandom } from './control-world.js';
import { pipeline } from './job-graphs.js';

const graph = pipeline('a', 2);
const small = fc.nat(9);
const name = fc.constantFrom(...graph.edges.flatMap(({ from, to }) => [from, to]), 'nobody', '__proto__');

const id = fc.record({ epoch: fc.nat(2), attempt: fc.nat(3), task: name, subtask: fc.nat(3) });
const failure = fc.record({
  code: fc.constantFrom('TG400', 'TG421', 'x'),
  message: fc.string(),
  retriable: fc.boolean(),
});
const state = fc.constantFrom('initializing', 'running', 'finished', 'canceled', 'failed');
const place = fc.constantFrom(
  'state/1/1/a',
  'state/1/2/a/0/b',
  'state/9/9/a',
  'savepoints/1-1/a',
  'savepoints/2-1/_metadata',
  'log/0000000001',
  'x',
);
const file = fc.record({ name: place, bytes: small, crc32: small });
const content = fc.oneof(fc.record({ inline: fc.uint8Array({ maxLength: 4 }) }), fc.record({ file }));
const snapshot = fc.record({
  keyed: fc.array(
    fc.record({
      keyGroups: fc.record({ first: small, last: fc.integer({ min: -9, max: 9 }) }),
      states: fc.array(
        fc.record({
          owner: name,
          name,
          kind: fc.constant('value'),
          codec: name,
          schema: fc.jsonValue({ maxDepth: 3 }),
        }),
        { maxLength: 2 },
      ),
      content: fc.oneof(
        fc.record({ format: fc.constant('canonical'), version: small, files: fc.array(file, { maxLength: 2 }) }),
        fc.record({
          format: fc.constant('rocksdb'),
          version: small,
          ids: fc.array(small, { maxLength: 2 }),
          files: fc.array(
            fc.tuple(name, content).map(([local, part]) => ({ local, ...part })),
            { maxLength: 2 },
          ),
        }),
      ),
    }),
    { maxLength: 1 },
  ),
  operators: fc.array(
    fc.record({
      owner: name,
      name,
      mode: fc.constantFrom('split', 'union', 'broadcast'),
      entries: fc.array(content, { maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
  channels: fc.array(fc.record({ edge: name, producer: small, consumer: small, elements: content }), { maxLength: 2 }),
});
const staged = fc.array(fc.record({ subtask: small, epoch: small, staged: fc.uint8Array({ maxLength: 4 }) }), {
  maxLength: 2,
});
const metrics = fc.constant({ alignmentMs: -1, syncMs: 1e300, asyncMs: 0, bytes: 0, inFlightBytes: 0 });

const attempt = fc.record(
  { id, state, exhausted: fc.boolean(), found: fc.record({ splits: small, more: fc.boolean() }), failure },
  { requiredKeys: ['id', 'state', 'exhausted', 'found'] },
);
const report = fc.oneof(
  fc.record({ kind: fc.constant('register'), slots: fc.nat(5) }),
  fc.record({ kind: fc.constant('heartbeat'), attempts: fc.array(attempt, { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('state'), id, state, failure }, { requiredKeys: ['kind', 'id', 'state'] }),
  fc.record({ kind: fc.constant('exhausted'), id }),
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('acknowledge'), id, checkpoint: small, snapshot, staged, metrics }),
  },
  fc.record({ kind: fc.constant('decline'), id, checkpoint: small, reason: fc.string() }),
) as fc.Arbitrary<TaskManagerReport | TaskReport>;

const LIAR = 'liar';
const ask = fc.constantFrom('savepoint', 'stop', 'nothing', 'nothing', 'nothing');

describe('a JobMaster of a task manager that lies', () => {
  it('F93: lives, whatever is reported in the right form, and so does its successor', () => {
    let reached = false;
    fc.assert(
      fc.property(fc.array(fc.tuple(report, ask), { minLength: 1, maxLength: 12 }), fc.nat(), (lies, seed) => {
        const world = new ControlWorld(seededRandom(seed), {
          name: 'job',
          graph,
          settings: {
            maxParallelism: 8,
            checkpoint: {
              ...{ interval: 20, mode: 'exactly-once', timeout: 100, retain: 2, minPause: 0, tolerableFailures: 3 },
            },
            restart: { strategy: 'fixed-delay', attempts: 1000, delay: 1 },
          },
          start: { from: 'latest' },
          mustExist: false,
          allowNonRestoredState: false,
          heartbeatTimeout: 200,
        });
        const leader = world.lead();
        const { graph: executions, checkpoints } = leader.master;
        const tell = (report: TaskManagerReport | TaskReport): void => {
          assert.ok(workerReport({ kind: 'report', assignment: 1, taskManager: LIAR, report }), JSON.stringify(report));
          world.tell(leader, { kind: 'task-manager', taskManager: LIAR, report });
        };
        let completed = 0;
        for (const [lie, asked] of lies) {
          tell({ kind: 'register', slots: 2 });
          world.run(20);
          for (const { id } of executions.executions()) tell({ kind: 'state', id, state: 'running' });
          if (asked !== 'nothing') world.tell(leader, { kind: asked, request: 'r', drain: false, savepoint: true });
          world.run(25);
          tell(lie);
          // Also what all of them say alike.
          if (lie.kind === 'acknowledge')
            for (const { id } of executions.executions()) tell({ ...lie, id, checkpoint: checkpoints.last });
          world.run(5);
          completed += checkpoints.completed === undefined ? 0 : 1;
        }
        world.lead();
        world.run(100);
        reached ||= completed > 0;
      }),
      { numRuns: 200 },
    );
    assert.ok(reached, 'some checkpoint of lies was complete');
  });
});
