/**
 * `npm run cluster -- start [kafka] [redis] | stop [kafka] [redis] | status`: a cluster on this machine without containers, until it is
 * stopped. Kafka and Redis are those of `npm run services`; with `redis` coordinators stand in for each other by it.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceError } from '@tidegate/connectors/services/service-error';
import { LocalCluster, type MemberStatus } from './local-cluster.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const FOLDER = join(ROOT, '.tidegate', 'cluster');
const COMMAND = join(ROOT, 'platform', 'bin', 'tidegate.cjs');
const SERVICES = fileURLToPath(import.meta.resolve('@tidegate/connectors/services/main'));
const USAGE = 'npm run cluster -- start [kafka] [redis] | stop [kafka] [redis] | status';
const PORT = 7070;
const REDIS = 'redis://127.0.0.1:6379';

const cluster = new LocalCluster({ folder: FOLDER, command: COMMAND, port: PORT });

async function main([action = '', ...services]: readonly string[]): Promise<void> {
  const unknown = services.find((name) => name !== 'kafka' && name !== 'redis');
  if (unknown !== undefined) throw new ServiceError(`there is no service "${unknown}"\n${USAGE}`);
  switch (action) {
    case 'start':
      if (services.length > 0) ask('start', services);
      await cluster.start(services.includes('redis') ? { redis: process.env['REDIS_URL'] ?? REDIS } : {});
      await show();
      return say(`logs: ${FOLDER}\nsubmit: npx tidegate submit APPLICATION --coordinator ${cluster.apis[0]}`);
    case 'stop':
      await cluster.stop();
      if (services.length > 0) ask('stop', services);
      return show();
    case 'status':
      return show();
    default:
      throw new ServiceError(USAGE);
  }
}

/** `npm run services` says by itself what it does, and what is missing. */
function ask(action: string, services: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [SERVICES, action, ...services], { stdio: 'inherit' });
  if (status !== 0) throw new ServiceError(`the cluster is left as it is, as it lacks ${services.join(' and ')}`);
}

async function show(): Promise<void> {
  for (const member of await cluster.status()) say(lineOf(member));
}

function lineOf({ name, pid, role, addresses }: MemberStatus): string {
  if (pid === undefined) return `${name}: not running`;
  return `${name}: process ${pid}${role === undefined ? '' : `, ${role}`}; ${addresses}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ServiceError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
