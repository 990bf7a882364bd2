/**
 * `unpaced BACKEND PARALLELISM N`: the topic is filled first; then the application reads it from its start to its end, and so does
 * the bare loop, with parsing and without, in turn; a warm-up and three runs of each.
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
  await fill(tools, count, parallelism);
  const rounds: Round[] = [];
  for (const alerts of names) {
    const reading = await bareLoop(tools, count, 'bare', false);
    const parsing = await bareLoop(tools, count, 'bare', true);
    const application = cardsToAlerts({
      brokers: tools.brokers,
      backend,
      parallelism,
      interval,
      alerts,
      isBounded: true,
    });
    const run = await inNewFolder((folder) => measuredRun(folder, application, count));
    const committed = (await tools.committed(alerts)).length;
    // At two partitions the bare loop sees cards in another order, but those of one card in theirs.
    if (committed !== parsing.matches)
      throw new Error(`${committed} alerts are committed, but ${parsing.matches} matches were found by hand`);
    rounds.push({ run, parsing, reading, committed });
  }
  const measured = rounds.slice(1);
  const eps = (seconds: number): number => Math.round(count / seconds);
  const us = (micros: number): number => Number((micros / count).toFixed(2));
  const middle = (of: (round: Round) => number): number => median(measured.map(of));
  return {
    ...{ engine: 'tidegate', mode: 'unpaced', backend, parallelism, n: count, interval },
    eps: middle(({ run }) => eps(run.seconds)),
    epsRead: middle(({ run }) => eps(run.readSeconds)),
    cpuUsPerEvent: middle(({ run }) => us(run.cpuMicros)),
    bareEps: middle(({ reading }) => eps(reading.seconds)),
    bareCpuUsPerEvent: middle(({ reading }) => us(reading.cpuMicros)),
    bareParsingEps: middle(({ parsing }) => eps(parsing.seconds)),
    bareParsingCpuUsPerEvent: middle(({ parsing }) => us(parsing.cpuMicros)),
    ratio: Number(middle(({ run, parsing }) => parsing.seconds / run.seconds).toFixed(3)),
    committed: rounds[0]!.committed,
    runs: measured.map(({ run }) => eps(run.seconds)),
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
