/**
 * `unpaced BACKEND PARALLELISM N`: the topic is filled first; then the application reads it from its start to its end, and so does
 * the bare loop, with parsing and without, in turn; a warm-up and three runs of each. The topic has N events behind those that warm
 * a run of the application; the bare loop, which runs in one thread that stays, has to do with all of them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerTools } from '@tidegate/connectors/services/broker-tools';
import type { StateBackend } from '../../src/job/graph-settings.js';
import { bareLoop, type BareRun } from './bare-loop.js';
import { fill } from './card-messages.js';
import { cardsToAlerts, createTopics } from './cards-to-alerts.js';
import { measuredRun, type MeasuredRun } from './measured-run.js';

const REPETITIONS = 3;
/** Behind so many a run's threads have compiled what they run. */
const WARM_EVENTS = 300_000;

export interface UnpacedOptions {
  readonly backend: StateBackend;
  readonly parallelism: number;
  readonly count: number;
  readonly interval: string;
}

interface Round {
  readonly run: MeasuredRun;
  readonly parsing: BareRun;
  readonly reading: BareRun;
  readonly committed: number;
}

export async function unpaced(tools: BrokerTools, options: UnpacedOptions): Promise<object> {
  const { backend, parallelism, count, interval } = options;
  const names = Array.from({ length: REPETITIONS + 1 }, (_, i) => `alerts-${i}`);
  await createTopics(tools, parallelism, [...names, 'bare']);
  const all = WARM_EVENTS + count;
  await fill(tools, all, parallelism);
  const rounds: Round[] = [];
  for (const alerts of names) {
    const reading = await bareLoop(tools, all, 'bare', false);
    const parsing = await bareLoop(tools, all, 'bare', true);
    const application = cardsToAlerts({
      brokers: tools.brokers,
      backend,
      parallelism,
      interval,
      alerts,
      isBounded: true,
    });
    const run = await inNewFolder((folder) => measuredRun(folder, application, { warm: WARM_EVENTS, all }));
    const committed = (await tools.committed(alerts)).length;
    // At two partitions the bare loop sees cards in another order, but those of one card in theirs.
    if (committed !== parsing.matches)
      throw new Error(`${committed} alerts are committed, but ${parsing.matches} matches were found by hand`);
    rounds.push({ run, parsing, reading, committed });
  }
  const measured = rounds.slice(1);
  const middle = (of: (round: Round) => number): number => median(measured.map(of));
  const eps = (seconds: number, events: number): number => Math.round(events / seconds);
  const us = (micros: number, events: number): number => Number((micros / events).toFixed(2));
  const epsOf = ({ run }: Round): number => eps(run.seconds, run.count);
  return {
    ...{ engine: 'tidegate', mode: 'unpaced', backend, parallelism, n: count, interval },
    eps: middle(epsOf),
    epsRead: middle(({ run }) => eps(run.readSeconds, run.count)),
    cpuUsPerEvent: middle(({ run }) => us(run.cpuMicros, run.count)),
    epsFromCold: middle(({ run }) => eps(run.secondsFromCold, all)),
    bareEps: middle(({ reading }) => eps(reading.seconds, all)),
    bareCpuUsPerEvent: middle(({ reading }) => us(reading.cpuMicros, all)),
    bareParsingEps: middle(({ parsing }) => eps(parsing.seconds, all)),
    bareParsingCpuUsPerEvent: middle(({ parsing }) => us(parsing.cpuMicros, all)),
    cpuToBareParsing: Number(
      middle(({ run, parsing }) => run.cpuMicros / run.count / (parsing.cpuMicros / all)).toFixed(3),
    ),
    ratio: Number(middle((round) => epsOf(round) / (all / round.parsing.seconds)).toFixed(3)),
    committed: rounds[0]!.committed,
    runs: measured.map(epsOf),
  };
}

async function inNewFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
