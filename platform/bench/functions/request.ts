/**
 * `request CLIENTS SECONDS`: `tidegate run` in a process of its own, the function in another, and a closed loop of clients with
 * keep-alive here; 3 s of warm-up. A call is answered when it and what came of it are synced to disk. Fields as those of the peer
 * (Restate); times in milliseconds, CPU in microseconds a call, of the platform, of the function's side, and of the clients.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { Child, inFolder, until } from '../../test/applications/child.js';
import { ASK, ASKED } from './counters.js';
import type { FunctionServerProcess } from './function-server.js';

export interface RequestOptions {
  readonly clients: number;
  readonly seconds: number;
  readonly keys: number;
}

const WARM_MS = 3000;
const BODY = '{}';
const LIFETIME_MS = 600_000;
/** Of a clock tick in /proc. */
const TICK_US = 10_000;

export async function requested(options: RequestOptions, server: FunctionServerProcess): Promise<object> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'application.yaml'), applicationOf(server.url));
    const job = new Child(['run', '--quiet'], { cwd: folder, input: '', lifetimeMs: LIFETIME_MS });
    await until(() => portOf(job.err) !== undefined || job.process.exitCode !== null, job);
    const port = portOf(job.err);
    if (port === undefined) throw new Error(job.err);
    const result = await load(port, options, [job.process.pid!, server.pid]);
    job.process.kill('SIGINT');
    await job.finished;
    return result;
  });
}

async function load(port: number, { clients, seconds, keys }: RequestOptions, pids: readonly [number, number]) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  let [next, errors, isMeasuring, isOver] = [0, 0, false, false];
  const call = (): Promise<void> =>
    new Promise((resolve) => {
      const begun = performance.now();
      const path = `/v1/functions/${ASKED}/k${next++ % keys}`;
      const headers = { 'content-type': 'application/json', 'content-length': BODY.length };
      const asking = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
        response.resume().once('end', () => {
          if (response.statusCode !== 200) errors++;
          else if (isMeasuring) latencies.push(performance.now() - begun);
          resolve();
        });
      });
      asking.once('error', () => {
        errors++;
        resolve();
      });
      asking.end(BODY);
    });
  const loops = Array.from({ length: clients }, async () => {
    while (!isOver) await call();
  });
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(WARM_MS);
  const [ofPlatform, ofService] = pids.map(cpuUsOf);
  const [own, begun] = [process.cpuUsage(), performance.now()];
  isMeasuring = true;
  await pause(seconds * 1000);
  isMeasuring = false;
  const took = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(own);
  const [platformUs, serviceUs] = [cpuUsOf(pids[0]) - ofPlatform!, cpuUsOf(pids[1]) - ofService!];
  isOver = true;
  await Promise.all(loops);
  agent.destroy();
  const answered = latencies.length;
  const sorted = latencies.sort((a, b) => a - b);
  const quantile = (q: number): number => rounded(sorted[Math.min(answered - 1, Math.floor(q * answered))] ?? -1, 2);
  return {
    ...{ clients, keys, seconds: rounded(took, 2), answered, perSecond: Math.round(answered / took) },
    ...{ p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: quantile(1) },
    serverCpuUs: rounded(platformUs / answered, 1),
    serviceCpuUs: rounded(serviceUs / answered, 1),
    clientCpuUs: rounded((user + system) / answered, 1),
    errors,
    durability: 'request and outcome fsynced before the reply',
  };
}

function applicationOf(url: string): string {
  return `name: asked
ingresses: {}
functions:
  ${ASKED}: { http: ${JSON.stringify(url)} }
requests:
  port: 0
  functions: { ${ASKED}: ${ASK.typename} }
egresses: {}
`;
}

function portOf(err: string): number | undefined {
  const port = /functions take requests at http:\/\/127\.0\.0\.1:(\d+)\//.exec(err)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** User and system time of a process. */
function cpuUsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
