/**
 * `paced BACKEND RATE SECONDS`: `tidegate run` in one process; another one sends cards at the rate and reads the alerts. Latency, in
 * milliseconds: from when the broker appended the card that completes an alert until a reader of committed data has it.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BrokerTools } from '@tidegate/connectors/services/broker-tools';
import type { StateBackend } from '../../src/job/graph-settings.js';
import { Child, inFolder } from '../../test/applications/child.js';
import { cardsToAlerts, createTopics } from './cards-to-alerts.js';

const LOAD = fileURLToPath(new URL('./paced-load.js', import.meta.url));
/** Seconds at the same rate before anything is measured. */
const WARM_SECONDS = 8;
const LIFETIME_MS = 600_000;

export interface PacedOptions {
  readonly backend: StateBackend;
  readonly rate: number;
  readonly seconds: number;
  readonly interval: string;
}

export async function paced(tools: BrokerTools, { backend, rate, seconds, interval }: PacedOptions): Promise<object> {
  const { brokers } = tools;
  await createTopics(tools, 1, ['alerts-0']);
  return inFolder(async (folder) => {
    const ofJob = { brokers, backend, parallelism: 1, interval, alerts: 'alerts-0', isBounded: false };
    writeFileSync(join(folder, 'application.yaml'), cardsToAlerts(ofJob));
    const job = new Child(['run', '--quiet'], { cwd: folder, input: '', lifetimeMs: LIFETIME_MS });
    const words = ['--enable-source-maps', LOAD, brokers, ...[rate, WARM_SECONDS, seconds].map(String)];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    job.process.kill('SIGINT');
    const { exitCode, err } = await job.finished;
    if (exitCode !== 0 && exitCode !== 130) throw new Error(err);
    const measured = JSON.parse(stdout) as object;
    return { engine: 'tidegate', mode: 'paced', backend, rate, interval, ...measured };
  });
}
