import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AttemptId, TaskState } from '../../src/rpc/task-execution.js';
import { Execution } from '../../src/scheduling/execution.js';
import type { ExecutionState } from '../../src/scheduling/execution-states.js';
import { Visits } from '../coordinator/control-world.js';

const ID: AttemptId = { epoch: 1, attempt: 2, task: 'rules.a', subtask: 0 };

function deployed(observer?: Visits): Execution {
  const execution = new Execution(ID, observer);
  const keyGroups = { first: 0, last: 7 };
  execution.deploy('worker', { id: ID, slot: 1, keyGroups, restore: undefined, found: { splits: [], more: false } });
  return execution;
}

describe('an execution', () => {
  const courses: [what: string, reports: TaskState[], state: ExecutionState][] = [
    ['goes as it is reported', ['initializing', 'running', 'finished'], 'finished'],
    ['goes through states whose report was lost', ['finished'], 'finished'],
    ['is not set back by a late report', ['running', 'initializing'], 'running'],
    ['fails', ['initializing', 'failed'], 'failed'],
    ['stays failed', ['failed', 'running', 'finished'], 'failed'],
    ['counts an end that nobody asked for as a failure', ['running', 'canceled'], 'failed'],
  ];
  for (const [what, reports, state] of courses) {
    it(what, () => {
      const execution = deployed();
      for (const report of reports) execution.report(report);
      assert.equal(execution.state, state);
    });
  }

  it('is canceled without a word to anybody before it is deployed', () => {
    const execution = new Execution(ID, undefined);
    assert.equal(execution.cancel(), false);
    assert.equal(execution.state, 'canceled');
  });

  const ends: TaskState[] = ['finished', 'canceled', 'failed'];
  for (const end of ends) {
    it(`is canceled when it has been told to end and says ${end}`, () => {
      const execution = deployed();
      assert.equal(execution.cancel(), true);
      execution.report('running');
      assert.equal(execution.state, 'canceling');
      execution.report(end);
      assert.equal(execution.state, 'canceled');
      assert.equal(execution.failure, undefined);
    });
  }

  it('keeps why it failed', () => {
    const execution = deployed();
    execution.report('failed', { code: 'TG401', message: 'bad', retriable: false });
    assert.equal(execution.failure?.code, 'TG401');
  });

  it('takes legal transitions only, whatever is reported in whatever order', () => {
    const states = fc.constantFrom<TaskState | 'cancel'>('initializing', 'running', ...ends, 'cancel');
    fc.assert(
      fc.property(fc.array(states, { maxLength: 8 }), (reports) => {
        const execution = deployed();
        for (const report of reports) {
          const wasTerminal = execution.isTerminal;
          const before = execution.state;
          if (report === 'cancel') execution.cancel();
          else assert.equal(execution.report(report), execution.state !== before);
          if (wasTerminal) assert.equal(execution.state, before, 'a terminal state is final');
        }
      }),
    );
  });

  it('tells its observer of each transition', () => {
    const visits = new Visits();
    deployed(visits).report('running');
    assert.deepEqual(
      [...visits.taken],
      [
        'execution: created → scheduled',
        'execution: scheduled → deploying',
        'execution: deploying → initializing',
        'execution: initializing → running',
      ],
    );
  });
});
