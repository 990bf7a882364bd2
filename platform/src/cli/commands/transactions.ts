/** `tidegate transactions`: what a job has open in the systems that its egresses write to, and its end. */
import { existsSync } from 'node:fs';
import { ConnectorError, type SinkTransactions, type TransactionStatus } from '@tidegate/connectors/api';
import { renderDuration } from '../../common/duration-text.js';
import { TidegateError } from '../../common/errors.js';
import type { SinkNode, StreamGraph } from '../../job/stream-graph.js';
import { parseArguments } from '../arguments.js';
import { pathOrDefault, soundApplication } from '../check-application.js';
import { clientOf, COORDINATOR_HELP, COORDINATOR_OPTIONS } from '../cluster/api-options.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';
import { createRegistry } from '../registry.js';
import { connectorContext } from '../runtime/connector-context.js';
import { systemClock } from '../runtime/system-clock.js';
import { JobLock } from '../storage/job-lock.js';

const usage = `Usage: tidegate transactions list [PATH]
       tidegate transactions abort [PATH] [--id ID] [--force]

Who reads only what is committed waits behind a transaction that is open: for as long as its timeout, where a job died in the
middle of one and does not come back. list shows the transactions of the egresses of the application in PATH that deliver exactly
once, and for how long they have been open; abort ends those that are. Nothing is lost to it: a job that comes back sends what its
checkpoint holds.

  --id ID   this one alone
  --force   also where the job may still run: it fails once, and goes on from its last checkpoint. Without it, transactions of
            a run that goes on, and those that the application's state folder does not name, are left alone

Of an application that a cluster runs, whether it runs is asked of the coordinator:

${COORDINATOR_HELP}
`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    id: { type: 'string' },
    force: { type: 'boolean', default: false },
    ...COORDINATOR_OPTIONS,
  });
  const [verb, path, ...more] = positionals;
  if (more.length > 0) throw new UsageError('too many arguments');
  if (verb !== 'list' && verb !== 'abort') throw new UsageError('expected list or abort');
  const { id, force, coordinator } = values;
  if (verb === 'list' && (id !== undefined || force)) throw new UsageError('--id and --force are for abort');
  const sound = soundApplication(pathOrDefault(path, io), io);
  if (sound === undefined) return EXIT.failed;
  const { graph } = sound;
  const egresses = egressesOf(graph, io);
  if (egresses.length === 0) {
    io.out('no egress of this application has transactions\n');
    return EXIT.fine;
  }
  if (verb === 'list') return list(egresses, io);
  const isOurs = ({ id: its }: TransactionStatus): boolean => id === undefined || its === id;
  if (force) return abort(egresses, isOurs, true, io);
  if (coordinator !== undefined) await assertEnded(clientOf(values, io).jobs(), graph.name);
  const lock = locked(graph);
  try {
    return await abort(egresses, isOurs, false, io);
  } finally {
    lock?.release();
  }
}

interface Egress {
  readonly node: SinkNode;
  readonly transactions: SinkTransactions;
}

function egressesOf(graph: StreamGraph, io: Io): readonly Egress[] {
  const registry = createRegistry();
  return graph.sinks.flatMap((node) => {
    if (node.delivery !== 'exactly-once') return [];
    const context = connectorContext(graph, node, {
      fail: (error) => io.err(`${error.message}\n`),
      log: (message) => io.err(`${node.id}: ${message}\n`),
    });
    const { type, options } = node.connector;
    const sink = registry.sinks.get(type)?.createSink(options as never, context, undefined);
    const transactions = sink?.transactions?.();
    return transactions === undefined ? [] : [{ node, transactions }];
  });
}

async function list(egresses: readonly Egress[], io: Io): Promise<number> {
  for (const { node, transactions } of egresses) {
    const known = await told(transactions.list());
    io.out(`${node.id} (${node.connector.type})${known.length === 0 ? ': none' : ''}\n`);
    for (const each of known)
      io.out(`  ${each.id}  ${stateText(each)}${each.isNamed ? '' : '; not named in the state folder'}\n`);
  }
  return EXIT.fine;
}

/** @param forced also those that may be somebody else's */
async function abort(
  egresses: readonly Egress[],
  isMeant: (each: TransactionStatus) => boolean,
  forced: boolean,
  io: Io,
): Promise<number> {
  let left = 0;
  let ended = 0;
  for (const { node, transactions } of egresses) {
    const open = (await told(transactions.list())).filter((each) => each.isOpen && isMeant(each));
    for (const each of open) {
      if (!forced && !each.isNamed) {
        io.err(
          `${each.id} is not named in the state folder of ${node.id}: it may be of a job that runs elsewhere; --force aborts it\n`,
        );
        left++;
        continue;
      }
      await told(transactions.abort(each.id));
      io.out(`aborted ${each.id}: ${stateText(each)}\n`);
      ended++;
    }
  }
  if (ended + left === 0) io.out('nothing is open\n');
  return left === 0 ? EXIT.fine : EXIT.failed;
}

function stateText({ state, isOpen, startedAt, timeoutMs, committed }: TransactionStatus): string {
  const since = startedAt === undefined ? '' : ` for ${renderDuration(roughly(systemClock.now() - startedAt))}`;
  const how = isOpen ? `open${since}, aborted after ${renderDuration(timeoutMs)} (${state})` : `closed (${state})`;
  return `${how}, checkpoint ${committed === 0 ? 'none' : committed}`;
}

/** For people: to the second. */
function roughly(ms: number): number {
  return Math.max(0, Math.round(ms / 1000)) * 1000;
}

/** @throws TidegateError TG445 for a job that runs */
async function assertEnded(jobs: Promise<readonly { readonly name: string; readonly state: string }[]>, name: string) {
  const ENDED = new Set(['finished', 'stopped', 'cancelled', 'failed']);
  const job = (await jobs).find((each) => each.name === name);
  if (job === undefined || ENDED.has(job.state)) return;
  throw new TidegateError(
    'TG445',
    `the job ${name} is ${job.state}: it needs its transactions. Cancel it first, or say --force.`,
  );
}

/** Nobody begins the job meanwhile. @throws TidegateError TG445 while a run has its folder */
function locked({ name, settings: { stateDir } }: StreamGraph): JobLock | undefined {
  if (!existsSync(stateDir)) return undefined;
  try {
    return new JobLock(stateDir);
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    throw new TidegateError('TG445', `the job ${name} needs its transactions: ${error.message} Or say --force.`);
  }
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ConnectorError ? new TidegateError('TG446', error.message, { cause: error }) : error;
  }
}

export const transactions: Command = { usage, run };
