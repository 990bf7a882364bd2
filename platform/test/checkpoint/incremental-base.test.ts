/**
 * Increments over a network that loses word of complete checkpoints, and brings it late: subtasks with the production
 * bookkeeping of shipped files, coordinator and store with the production retention.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CheckpointCoordinator } from '../../src/checkpoint/checkpoint-coordinator.js';
import { CheckpointLog } from '../../src/checkpoint/checkpoint-log.js';
import { CheckpointStore } from '../../src/checkpoint/checkpoint-store.js';
import { filesOfKeyed } from '../../src/checkpoint/snapshot-files.js';
import { StorageRequests } from '../../src/checkpoint/storage-requests.js';
import type { CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { AttemptId, TaskCommand } from '../../src/rpc/task-execution.js';
import { ShippedFiles, type ShippedParts } from '../../src/state/rocksdb/shipped-files.js';
import { ManualPort, MemoryFiles } from './memory-storage.js';
import { EMPTY_SNAPSHOT, file, keyed } from './snapshots.js';

const METRICS = { alignmentMs: 0, syncMs: 0, asyncMs: 0, bytes: 0, inFlightBytes: 0 };
const TABLES = 3;
const INTERVAL_MS = 10;

/** A database of three tables, one of which is new in each checkpoint. */
class Subtask {
  readonly mail: TaskCommand[] = [];
  /** Snapshots that are not acknowledged yet. */
  readonly taken: { readonly checkpoint: number; readonly parts: ShippedParts }[] = [];
  readonly #shipped = new ShippedFiles();

  constructor(
    readonly id: AttemptId,
    private readonly disk: MemoryFiles,
  ) {}

  /** Reads one of the commands that are on their way, or it is lost. Barriers come in band: all, and in their order. */
  hear(at: number, isLost: boolean): void {
    const [command] = takeAt(this.mail, at);
    if (command === undefined || (isLost && command.kind !== 'trigger-checkpoint')) return;
    const earlier = this.mail.findIndex(({ kind }) => kind === 'trigger-checkpoint');
    if (command.kind !== 'trigger-checkpoint' || earlier < 0 || earlier >= at) return this.#read(command);
    this.#read(this.mail.splice(earlier, 1, command)[0]!);
  }

  #read(command: TaskCommand): void {
    switch (command.kind) {
      case 'trigger-checkpoint':
        return this.#snapshot(command.barrier);
      case 'checkpoint-complete':
        return this.#shipped.completed(command.checkpoint);
      case 'checkpoint-aborted':
        return this.#shipped.aborted(command.checkpoint);
      default:
    }
  }

  #snapshot({ checkpoint, base }: CheckpointBarrier): void {
    const before = this.#shipped.onBase(base);
    const parts = new Map(
      Array.from({ length: TABLES }, (_, table) => {
        const isOld = before.has(String(table)) && table !== checkpoint % TABLES;
        return [String(table), isOld ? before.get(String(table))! : [{ file: this.#write(checkpoint, table) }]];
      }),
    );
    this.#shipped.shipped(checkpoint, parts);
    this.taken.push({ checkpoint, parts });
  }

  #write(checkpoint: number, table: number) {
    const name = `state/1/${checkpoint}/${this.id.task}/${this.id.subtask}/${table}`;
    this.disk.files.set(name, Buffer.from(name));
    return file(name);
  }
}

function takeAt<T>(waiting: T[], at: number): T[] {
  return waiting.splice(Math.min(at, Math.max(0, waiting.length - 1)), 1);
}

function acknowledge(coordinator: CheckpointCoordinator, { id, taken }: Subtask, at: number): void {
  const [snapshot] = takeAt(taken, at);
  if (snapshot === undefined) return;
  const { checkpoint, parts } = snapshot;
  const names = [...parts.values()].flat().map((part) => ('file' in part ? part.file.name : ''));
  const content = { ...EMPTY_SNAPSHOT, keyed: keyed('a', { first: 0, last: 7 }, names) };
  const kind = 'acknowledge';
  coordinator.acknowledge({ kind, id, checkpoint, snapshot: content, staged: [], metrics: METRICS });
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ what: 'time' } as const) },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constantFrom('read' as const, 'read' as const, 'lose' as const, 'acknowledge' as const),
      subtask: fc.nat(1),
      /** Which of those that wait. */
      at: fc.nat(3),
    }),
  },
);

/** Asserts that every complete checkpoint has its files. @returns how many were complete, and files that were of older ones */
function explore(parameters: fc.Parameters<unknown>): { readonly completed: number; readonly shared: number } {
  let completed = 0;
  let shared = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 60, maxLength: 200 }),
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 1, max: 2 }),
      (steps, retain, maxConcurrent) => {
        const disk = new MemoryFiles();
        const port = new ManualPort(disk);
        const subtasks = [0, 1].map((subtask) => new Subtask({ epoch: 1, attempt: 1, task: 'a', subtask }, disk));
        const requests = new StorageRequests(port, port);
        const options = { leader: 'l', retain, startFrom: 'latest', mustExist: false } as const;
        const store = new CheckpointStore(requests, new CheckpointLog(requests), options);
        store.recover(() => {});
        store.fence(1, () => {});
        port.drain();
        const timing = { interval: INTERVAL_MS, minPause: 0, timeout: 1_000_000, maxConcurrent };
        const coordinator = new CheckpointCoordinator(
          { job: 'j', maxParallelism: 8, tolerableFailures: 0, alignment: { mode: 'aligned' }, ...timing },
          store,
          port,
          {
            send: ({ subtask }, command) => void subtasks[subtask]!.mail.push(command),
            fail: ({ message }) => assert.fail(message),
            fenced: () => assert.fail('fenced'),
            triggered: () => {},
            ended: ({ outcome }) => {
              if (outcome !== 'completed') return;
              completed++;
              const files = [...store.latest!.metadata.tasks[0]!.subtasks].flatMap(({ snapshot }) =>
                snapshot.keyed.flatMap(filesOfKeyed).map(({ name }) => name),
              );
              for (const name of files) assert.ok(disk.files.has(name), `${name} is missing`);
              shared += files.filter((name) => !name.startsWith(`state/1/${coordinator.completed}/`)).length;
            },
          },
          undefined,
        );
        coordinator.lead(1, 1);
        coordinator.start([{ task: 'a', isSource: true, holdsInput: false, attempts: subtasks.map(({ id }) => id) }]);
        for (const one of steps) {
          if (one.what === 'time') port.pass(INTERVAL_MS);
          else if (one.what === 'acknowledge') acknowledge(coordinator, subtasks[one.subtask]!, one.at);
          else subtasks[one.subtask]!.hear(one.at, one.what === 'lose');
          port.drain();
        }
      },
    ),
    parameters,
  );
  return { completed, shared };
}

describe('increments over a network that loses and delays word of complete checkpoints', function () {
  this.timeout(60_000);

  it('refer only to files that are kept, whatever is lost', () => void explore({ numRuns: 60 }));

  it('are made, and share files', () => {
    const { completed, shared } = explore({ numRuns: 30, seed: 1 });
    assert.ok(completed > 100 && shared > 100, `${completed} completed, ${shared} files shared`);
  });
});
