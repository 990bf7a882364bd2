import assert from 'node:assert/strict';
import { MemoryStorage } from '../../src/cli/storage/memory-storage.js';
import { SCRIPT_FORMAT, ScriptedSource } from '../../src/cli/testing/scripted-source.js';
import { TidegateError } from '../../src/common/errors.js';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { buildJobGraph } from '../../src/job/job-graph.js';
import { MetricRegistry } from '../../src/metrics/registry.js';
import type { TaskRestore } from '../../src/rpc/task-execution.js';
import { plainValueCodec } from '../../src/state/codecs/plain-value-codec.js';
import { OperatorStateStore } from '../../src/state/operator-state/operator-state-store.js';
import type { Task } from '../../src/task/task.js';
import { ChannelTable } from '../../src/taskmanager/channel-table.js';
import { TaskFactory } from '../../src/taskmanager/task-factory.js';
import { EMPTY_SNAPSHOT } from '../checkpoint/snapshots.js';
import { planned } from './harness.js';

const APPLICATION = `name: job
ingresses: { in: { generator: { fields: { n: { sequence: 1 } } } } }
egresses: { out: { stdout: {} } }
rules: { all: { from: in, where: "true", to: out } }
`;

/** What comes of a source task that is restored from these states. */
function launched(names: readonly string[], more: Partial<TaskRestore> = {}): Promise<Task | Error> {
  const graph = planned(APPLICATION);
  const job = buildJobGraph(graph);
  const task = graph.sources[0]!.id;
  const former = new OperatorStateStore();
  for (const name of names) former.list({ owner: task, name, codec: plainValueCodec<object>() }, 'union').update([{}]);
  const snapshot = { ...EMPTY_SNAPSHOT, operators: former.snapshot() };
  const factory = new TaskFactory(
    graph,
    job,
    {
      clock: new VirtualClock(),
      tables: new Map(),
      spill: { create: () => assert.fail('nothing is spilled') },
      checkpoints: new MemoryStorage(),
      yieldToEventLoop: () => Promise.resolve(),
      createSource: () => ({ source: new ScriptedSource('a'), format: SCRIPT_FORMAT }),
      createSink: () => assert.fail('there is no sink in the task'),
      openKeyedStore: () => assert.fail('there is no keyed state in the task'),
    },
    new MetricRegistry(),
  );
  const deployment = {
    id: { epoch: 1, attempt: 1, task, subtask: 0 },
    slot: 0,
    keyGroups: { first: 0, last: 127 },
    restore: { checkpoint: 7, snapshot, staged: [], ...more },
    found: { splits: [], more: false },
  };
  const ignore = (): void => undefined;
  const control = {
    ...{ acknowledge: ignore, decline: ignore, exhausted: ignore, watermarkReached: ignore },
    ...{ addressAnswered: ignore, wake: ignore, fail: ignore },
  };
  return new Promise((resolve) => factory.launch(deployment, new ChannelTable(job), control, resolve));
}

describe('a task that is restored', () => {
  it('is not launched when it was given state that none of its operators asks for', async () => {
    const error = await launched(['former']);
    assert.ok(error instanceof TidegateError, String(error));
    assert.equal(error.code, 'TG440');
  });

  it('is launched without it where that is allowed', async () => {
    assert.ok(!((await launched(['former'], { allowNonRestoredState: true })) instanceof Error));
  });
});
