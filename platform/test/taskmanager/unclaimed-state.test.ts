import assert from 'node:assert/strict';
import { TidegateError } from '../../src/common/errors.js';
import type { OperatorStateHandle } from '../../src/job/state-handle.js';
import type { TaskDeployment, TaskRestore } from '../../src/rpc/task-execution.js';
import { plainValueCodec } from '../../src/state/codecs/plain-value-codec.js';
import type { KeyedStore } from '../../src/state/keyed-store.js';
import { OperatorStateStore } from '../../src/state/operator-state/operator-state-store.js';
import { HeapKeyedStore } from '../../src/state/heap/heap-keyed-store.js';
import { readHandles } from '../../src/state/restore/read-handles.js';
import { refuseUnclaimed } from '../../src/taskmanager/unclaimed-state.js';
import { EMPTY_SNAPSHOT } from '../checkpoint/snapshots.js';
import { MemoryCheckpoints } from '../state/memory-checkpoints.js';
import { RocksFixture } from '../state/rocksdb/fixture.js';
import { openHeapStore, storeOptions } from '../state/stores.js';

const NUMBERS = plainValueCodec<number>();
const OWNER = 'rules.a';

const stateIn = (store: KeyedStore, name: string, owner = OWNER) => store.value({ owner, name, codec: NUMBERS });

function deployed(restore: Partial<TaskRestore> | undefined): TaskDeployment {
  const whole = { checkpoint: 7, snapshot: EMPTY_SNAPSHOT, staged: [], ...restore };
  return {
    id: { epoch: 1, attempt: 1, task: OWNER, subtask: 0 },
    slot: 0,
    keyGroups: { first: 0, last: 127 },
    restore: restore && whole,
    found: { splits: [], more: false },
  };
}

function isRefused(names: string) {
  return (error: unknown) =>
    error instanceof TidegateError && error.code === 'TG440' && error.message.includes(`takes: ${names}.`);
}

/** As an operator leaves it that had a state more. */
function operatorState(): OperatorStateStore {
  const before = new OperatorStateStore();
  for (const name of ['waiting', 'former']) {
    before.list({ owner: OWNER, name, codec: NUMBERS }, 'union').update([1]);
  }
  return new OperatorStateStore(before.snapshot());
}

describe('state that no operator of a restored task has asked for', () => {
  const rocks = new RocksFixture();
  after(() => rocks.cleanUp());

  const backends: [name: string, open: () => Promise<KeyedStore>, reopen: typeof reopenOnHeap][] = [
    ['the heap', () => Promise.resolve(openHeapStore()), reopenOnHeap],
    ['RocksDB', () => rocks.open(), (handle, source) => rocks.open({}, { checkpoint: 7, handles: [handle], source })],
  ];

  async function reopenOnHeap(...[handle, source]: Parameters<typeof readOne>): Promise<KeyedStore> {
    return new HeapKeyedStore(storeOptions(), await readOne(handle, source));
  }
  const readOne = (handle: Parameters<typeof readHandles>[0][number], source: MemoryCheckpoints) =>
    readHandles([handle], source, storeOptions());

  for (const [backend, open, reopen] of backends) {
    describe(`on ${backend}`, () => {
      let store: KeyedStore;

      beforeEach(async () => {
        const before = await open();
        for (const name of ['counts', 'former']) stateIn(before, name).put('k', 1);
        stateIn(before, 'totals', 'rules.b').put('k', 1);
        stateIn(before, 'empty').put('k', 1);
        stateIn(before, 'empty').delete('k');
        const source = new MemoryCheckpoints();
        const barrier = { timestamp: 0, alignment: { mode: 'none' }, then: 'continue' } as const;
        const taken = before.snapshot({ checkpoint: 7, type: 'checkpoint', ...barrier });
        store = await reopen((await taken.persist(source.target('c')))!, source);
        await before.close();
        stateIn(store, 'counts');
      });
      afterEach(() => store.close());

      it('F57: is refused by name; that of others, and what is empty, is not', () => {
        const state = { keyed: store, operators: new OperatorStateStore() };
        assert.throws(() => refuseUnclaimed(deployed({}), state, new Set([OWNER])), isRefused('former of rules.a'));
      });

      it('F57: is left behind where that is allowed', () => {
        const state = { keyed: store, operators: new OperatorStateStore() };
        refuseUnclaimed(deployed({ allowNonRestoredState: true }), state, new Set([OWNER]));
      });
    });
  }

  it('F57: is refused also where it has no key', () => {
    const operators = operatorState();
    operators.list({ owner: OWNER, name: 'waiting', codec: NUMBERS }, 'union');
    const state = { keyed: undefined, operators };
    assert.throws(() => refuseUnclaimed(deployed({}), state, new Set([OWNER])), isRefused('former of rules.a'));
  });

  it('F57: is refused where the task keeps no keyed state any more', () => {
    const description = { owner: OWNER, name: 'counts', kind: 'value', codec: 'plain/1', schema: null } as const;
    const content = { format: 'canonical', version: 1, files: [] } as const;
    const keyed = [{ keyGroups: { first: 0, last: 127 }, states: [description], content }];
    const deployment = deployed({ snapshot: { ...EMPTY_SNAPSHOT, keyed } });
    const state = { keyed: undefined, operators: new OperatorStateStore() };
    assert.throws(() => refuseUnclaimed(deployment, state, new Set([OWNER])), isRefused('counts of rules.a'));
  });

  it('is nothing at a start from the beginning', () => {
    const none: readonly OperatorStateHandle[] = [];
    refuseUnclaimed(
      deployed(undefined),
      { keyed: undefined, operators: new OperatorStateStore(none) },
      new Set([OWNER]),
    );
  });
});
