import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/** What runs a job, from folder to folder: no machine of these may have a double in the simulator. */
const MACHINES = [
  ...['record', 'job', 'state', 'time', 'network', 'operators', 'task', 'rpc'],
  ...['scheduling', 'checkpoint', 'recovery', 'coordinator', 'taskmanager', 'functions'],
];

/** What `tidegate run` loads and the simulator does not: the ends at which a world is put in its place. */
const OUTER_WORLD: readonly [files: string, because: string][] = [
  ['network/ring/', 'memory that threads share; it has a stress test of its own'],
  ['network/passing/', 'the form of what lies in that memory'],
  ['record/columns/', 'the form of records in it'],
  ['job/url-template.js', 'where functions are called over HTTP; here the world answers for them'],
  ['state/rocksdb/', 'a database on a disk; the heap under the same conformance suite runs here'],
  ['state/heap/heap-budget.js', 'the memory of a real process, measured'],
  ['operators/tables.js', 'tables from files'],
  ['taskmanager/threads/', 'threads'],
  ['taskmanager/slot.js', 'the loop of a thread; here the kernel steps the same tasks'],
  ['taskmanager/task-activity.js', 'of that loop: how much of its time a task was busy'],
  ['taskmanager/task-slot.js', 'of that loop: the same executor and factory around it'],
  ['taskmanager/split-searches.js', 'asks the enumerators of real sources; here the world says what is found'],
  ['taskmanager/embedded-job.js', 'one process for all; here each part has its own'],
  ['taskmanager/job-master-service.js', 'storage, timers and searches of a real process around the same JobMaster'],
  ['coordinator/job-metrics.js', 'what observers make of what a JobMaster tells; nothing comes back'],
  ['coordinator/job-traces.js', 'the same'],
  ['rpc/shape.js', 'what plain data of servers must look like; here the world says what comes'],
  ['taskmanager/channel-capacity.js', 'bytes of the memory between slots'],
  [
    'taskmanager/remote/',
    'connections of real sockets, which have tests of their own; here the world carries their packets',
  ],
];

/** What the simulator loads and `tidegate run` does not. */
const BETWEEN_PROCESSES = ['taskmanager/leader-connection.js'];

const LIST_LOADED = `
import { Session } from 'node:inspector';
const [root, entry] = process.argv.slice(1);
const session = new Session();
const loaded = new Set();
session.connect();
session.on('Debugger.scriptParsed', ({ params: { url } }) => loaded.add(url));
session.post('Debugger.enable');
await import(root + entry);
process.stdout.write(JSON.stringify([...loaded].filter((url) => url.startsWith(root)).map((url) => url.slice(root.length))));
`;

/** The files under `dist/src` that a process has loaded when it has imported one of them, as the engine lists them. */
function loadedBy(entry: string): string[] {
  const root = new URL('../../../src/', import.meta.url).href;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', LIST_LOADED, '--', root, entry],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  const loaded = JSON.parse(stdout) as string[];
  return loaded.filter((file) => MACHINES.includes(file.split('/')[0]!)).sort();
}

describe('the files that the simulator runs', () => {
  let simulated: string[] = [];
  let real: string[] = [];

  before(function () {
    this.timeout(120_000);
    simulated = loadedBy('simulation/run/run-world.js');
    real = loadedBy('cli/runtime/run-job.js');
  });

  it('are those of the task manager and the coordinator, but for the ends at which the world begins', () => {
    const missing = real.filter((file) => !simulated.includes(file));
    assert.deepEqual(
      missing.filter((file) => !OUTER_WORLD.some(([files]) => file.startsWith(files))),
      [],
    );
    for (const machine of ['coordinator/job-master.js', 'taskmanager/task-executor.js', 'task/operator-task.js'])
      assert.ok(simulated.includes(machine) && real.includes(machine), `${machine} is run by both`);
  });

  it('are no others than the real ones, but for what connects processes', () => {
    const others = simulated.filter((file) => !real.includes(file));
    assert.deepEqual(
      others.filter((file) => !BETWEEN_PROCESSES.some((files) => file.startsWith(files))),
      [],
    );
  });

  for (const [files, because] of OUTER_WORLD) {
    it(`do without ${files}: ${because}`, () => {
      assert.ok(real.some((file) => file.startsWith(files)));
      assert.ok(!simulated.some((file) => file.startsWith(files)));
    });
  }
});
