/** What commands about a job of a cluster have in common: their arguments, and how they wait for a job's end. */
import { printable } from '../../common/printable.js';
import { parseArguments } from '../arguments.js';
import { EXIT, UsageError, type Io } from '../io.js';
import { systemClock } from '../runtime/system-clock.js';
import type { Failure } from '../../rpc/task-execution.js';
import type { JobDetails, JobResultView } from '../../rest/cluster-service.js';
import type { ApiClient } from './api-client.js';
import { clientOf, COORDINATOR_OPTIONS } from './api-options.js';
import { LeaderWait } from './leader-wait.js';

const LOOK_MS = 250;

/** Of a command that takes one job's name, and flags. @throws UsageError */
export function jobArguments<const F extends string>(args: readonly string[], flags: readonly F[], io: Io) {
  const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'boolean', default: false } as const]));
  const { values, positionals } = parseArguments(args, { ...COORDINATOR_OPTIONS, ...options });
  const [name] = positionals;
  if (name === undefined) throw new UsageError('the name of a job is missing');
  if (positionals.length > 1) throw new UsageError('too many arguments');
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  return { name, client: clientOf(values, io), has: (flag: F): boolean => given[flag] === true };
}

/** Prints how a job has ended. @returns the exit code: the job's */
export function showResult({ name, state, failure, restarts }: JobResultView, io: Io): number {
  io.out(`${name} ${state}${restarts === 0 ? '' : ` (restarts: ${restarts})`}\n`);
  return exitOf({ state, failure }, io);
}

/** Says why a job has failed. @returns the exit code: the job's */
export function exitOf(
  { state, failure }: { readonly state: string; readonly failure?: Failure | undefined },
  io: Io,
): number {
  if (failure !== undefined) io.err(`error[${failure.code}]: ${printable(failure.message)}\n`);
  return state === 'finished' || state === 'stopped' ? EXIT.fine : EXIT.failed;
}

/** Says what the job waits for, when it waits for something else. @returns undefined: nobody runs it, for now */
export async function untilEnded(client: ApiClient, name: string, io: Io): Promise<JobResultView | undefined> {
  const leader = leaderWait(io);
  let told = '';
  for (;;) {
    const job = await leader.ask(() => client.job(name));
    if (job.endedAt !== undefined) return leader.ask(() => client.result(name));
    if (told !== `${job.state} ${job.reason}`) io.err(`${stateText(job)}\n`);
    told = `${job.state} ${job.reason}`;
    if (job.state === 'suspended') return undefined;
    await new Promise<void>((resolve) => systemClock.schedule(LOOK_MS, resolve));
  }
}

/** Of a command that waits for something. */
export function leaderWait(io: Io): LeaderWait {
  return new LeaderWait((text) => io.err(`${text}\n`));
}

export function stateText({ name, state, reason }: Pick<JobDetails, 'name' | 'state' | 'reason'>): string {
  return `${name} ${state}${reason === undefined ? '' : `: ${printable(reason)}`}`;
}

export function rescaleText({ parallelism, state, reason }: NonNullable<JobDetails['rescale']>): string {
  const to = `is to have parallelism ${parallelism}`;
  if (state === 'waiting')
    return `${to}${reason === undefined ? '' : `, and runs on until then: ${printable(reason)}`}`;
  return state === 'saving' ? `${to}: it is stopped with a checkpoint` : `${to}: it begins anew`;
}
