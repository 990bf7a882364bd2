/** `tidegate savepoint`: takes a savepoint of a run that is going on; lists and deletes those of a job. */
import { resolve } from 'node:path';
import { TidegateError } from '../../common/errors.js';
import { parseArguments } from '../arguments.js';
import { pathOrDefault, soundApplication } from '../check-application.js';
import { clientOf, COORDINATOR_HELP, COORDINATOR_OPTIONS } from '../cluster/api-options.js';
import { askRun } from '../control/ask-run.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';
import { savedStateText } from '../presentation/saved-state-text.js';
import { assertEmpty, copySavepoint } from '../storage/copy-savepoint.js';
import { deleteSavepoint } from '../storage/delete-savepoint.js';
import { FileStorage } from '../storage/file-storage.js';
import { storageRoot } from '../storage/checkpoint-storage.js';
import { JobLock } from '../storage/job-lock.js';
import { savepointFolder } from '../storage/savepoint-folder.js';
import { savedCheckpoints, savepointsIn } from '../storage/saved-state.js';

const usage = `Usage: tidegate savepoint [PATH] [--stop | --drain] [--to FOLDER]
       tidegate savepoint [PATH] --list
       tidegate savepoint [PATH] --delete NUMBER
       tidegate savepoint NAME --coordinator HOST:PORT

Takes a savepoint of the run of the application in PATH, which goes on in another process on this machine, and prints its
folder. A savepoint is whole in its folder, which can be copied and moved; \`tidegate run --from FOLDER\` begins with it.

  --stop           the run ends with the savepoint: nothing is processed after it
  --drain          the same, and everything that waits for time is made due first: for an application that will not go on
  --to FOLDER      a copy in this folder, which is new or empty
  --list           the savepoints of the job, and the checkpoints that it could go on from
  --delete NUMBER  deletes one of the job's savepoints

Of the job NAME that a cluster runs, and which goes on (tidegate stop ends it):

${COORDINATOR_HELP}
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    stop: { type: 'boolean', default: false },
    drain: { type: 'boolean', default: false },
    to: { type: 'string' },
    list: { type: 'boolean', default: false },
    delete: { type: 'string' },
    ...COORDINATOR_OPTIONS,
  });
  const { stop, drain, to, list, delete: deleted, coordinator } = values;
  if (stop && drain) throw new UsageError('--drain stops the run, too; leave --stop out');
  const takes = stop || drain || to !== undefined;
  if ([takes, list, deleted !== undefined].filter(Boolean).length > 1)
    throw new UsageError('--list and --delete stand alone');
  if (coordinator !== undefined) {
    if (takes || list || deleted !== undefined) throw new UsageError('--coordinator stands alone');
    return ofCluster(positionals[0], values, io);
  }
  const sound = soundApplication(pathOrDefault(positionals[0], io), io);
  if (sound === undefined) return EXIT.failed;
  const { name, settings } = sound.graph;
  const { stateDir } = settings;
  if (list) return listSaved(stateDir, io);
  if (deleted !== undefined) return deleteOne(deleted, stateDir, io);
  const target = to === undefined ? undefined : resolve(io.cwd, to);
  if (target !== undefined) await assertEmpty(target);
  const folder = await takeSavepoint(name, stateDir, { stop, drain });
  if (target !== undefined) await copySavepoint(folder, target);
  io.out(`${target ?? folder}\n`);
  return EXIT.fine;
}

async function ofCluster(name: string | undefined, values: Parameters<typeof clientOf>[0], io: Io): Promise<number> {
  if (name === undefined) throw new UsageError('the name of a job is missing');
  io.out(`${await clientOf(values, io).savepoint(name)}\n`);
  return EXIT.fine;
}

async function takeSavepoint(
  name: string,
  stateDir: string,
  { stop, drain }: { readonly stop: boolean; readonly drain: boolean },
): Promise<string> {
  const request = stop || drain ? ({ command: 'stop', drain } as const) : ({ command: 'savepoint' } as const);
  const answer = await askRun(stateDir, request);
  if (answer === undefined) {
    throw new TidegateError(
      'TG442',
      `no run of "${name}" goes on in ${stateDir}. A savepoint is taken of a run: start it with \`tidegate run\`, and ask again.`,
    );
  }
  if ('folder' in answer) return answer.folder;
  throw new TidegateError('TG443', `no savepoint was taken: ${answer.reason}`);
}

async function listSaved(stateDir: string, io: Io): Promise<number> {
  const root = storageRoot(stateDir);
  const storage = new FileStorage(root, 'reader');
  const checkpoints = await savedCheckpoints(storage, 'latest-whole');
  io.out(await savedStateText(storage, root, await savepointsIn(root), checkpoints));
  return EXIT.fine;
}

/** By the run that holds the job's folder; where there is none, in its place. */
async function deleteOne(called: string, stateDir: string, io: Io): Promise<number> {
  const number = Number(called);
  if (!/^\d+$/.test(called) || !Number.isSafeInteger(number))
    throw new UsageError(`--delete is ${JSON.stringify(called)}; expected the number of a savepoint (see --list)`);
  // Before anybody is asked: a folder of that number, and not a job that nobody has run.
  savepointFolder(called, stateDir, io.cwd);
  const answer = (await askRun(stateDir, { command: 'delete', savepoint: number })) ?? {
    folder: await withLock(stateDir, () => deleteSavepoint(number, stateDir)),
  };
  if ('reason' in answer) throw new TidegateError('TG444', answer.reason);
  io.out(`deleted ${answer.folder}\n`);
  return EXIT.fine;
}

/** @throws TidegateError TG409 while a run has the job's folder */
async function withLock<T>(stateDir: string, act: () => Promise<T>): Promise<T> {
  const lock = new JobLock(stateDir);
  try {
    return await act();
  } finally {
    lock.release();
  }
}

export const savepoint: Command = { usage, run };
