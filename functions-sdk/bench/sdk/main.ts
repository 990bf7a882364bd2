/**
 * `npm run -s bench:sdk -- [ROUNDS]`: the counter in this SDK and in Apache's, in interleaved rounds. One JSON line;
 * medians. `inProcess`: codec and dispatch by batch size. `http`: over the loopback address from 32 connections, the
 * function's side in a process of its own; its CPU, and that of `shared` requests, which Apache's SDK does not know.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SHARED_REQUEST_TYPE } from '../../src/wire/shared-request.js';
import { inProcess, type Sdk } from './counters.js';
import { Load } from './load.js';
import { batches, shared } from './requests.js';

const SDKS: readonly Sdk[] = ['tidegate', 'apache'];
const SIZES = [1, 10, 100, 1000];
const INVOCATIONS = 40_000;
const CONNECTIONS = 32;
const ADDRESSES = 64;
const rounds = Number(process.argv[2] ?? 5);

interface Sample {
  perSecond: number;
  cpuUs: number;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const summary = (samples: readonly Sample[]): Sample => ({
  perSecond: Math.round(median(samples.map(({ perSecond }) => perSecond))),
  cpuUs: Number(median(samples.map(({ cpuUs }) => cpuUs)).toFixed(2)),
});

/** Runs `work` for each SDK in turn, round by round, the first round thrown away. */
async function interleaved(work: Record<string, () => Promise<Sample>>): Promise<Record<string, Sample>> {
  const samples = new Map<string, Sample[]>(Object.keys(work).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++)
    for (const [name, run] of Object.entries(work)) {
      const sample = await run();
      if (round > 0) samples.get(name)!.push(sample);
    }
  return Object.fromEntries([...samples].map(([name, all]) => [name, summary(all)]));
}

async function measureInProcess(size: number): Promise<Record<string, Sample>> {
  const requests = batches(size, Math.max(10, 1000 / size));
  const work = SDKS.map((sdk) => {
    const call = inProcess(sdk);
    return [sdk, async () => timed(INVOCATIONS, () => callAll(call, requests, INVOCATIONS / size))] as const;
  });
  return interleaved(Object.fromEntries(work));
}

async function callAll(
  call: (request: Buffer) => Uint8Array | Promise<Uint8Array>,
  requests: readonly Buffer[],
  count: number,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    const answer = call(requests[i % requests.length]!);
    if (answer instanceof Promise) await answer;
  }
}

async function timed(invocations: number, work: () => Promise<void>): Promise<Sample> {
  const [cpu, start] = [process.cpuUsage(), process.hrtime.bigint()];
  await work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: invocations / seconds, cpuUs: (user + system) / invocations };
}

async function ask<T>(child: ChildProcess, what: string): Promise<T> {
  child.send(what);
  const [answer] = (await once(child, 'message')) as [T];
  return answer;
}

async function overHttp(
  child: ChildProcess,
  port: number,
  contentType: string,
  requests: readonly Buffer[],
  invocationsEach: number,
): Promise<Sample> {
  const count = Math.ceil(INVOCATIONS / invocationsEach / 4);
  const load = await Load.open(port, CONNECTIONS, contentType, requests);
  const before = await ask<{ cpuUs: number }>(child, 'cpu');
  const start = process.hrtime.bigint();
  await load.run(count);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const after = await ask<{ cpuUs: number }>(child, 'cpu');
  load.close();
  const invocations = count * invocationsEach;
  return { perSecond: invocations / seconds, cpuUs: (after.cpuUs - before.cpuUs) / invocations };
}

async function measureHttp(): Promise<Record<string, Record<string, Sample>>> {
  const servers = SDKS.map((sdk) => fork(fileURLToPath(new URL('server.js', import.meta.url)), [sdk]));
  const ports = await Promise.all(
    servers.map(async (child) => ((await once(child, 'message')) as [{ port: number }])[0].port),
  );
  const results: Record<string, Record<string, Sample>> = {};
  for (const size of SIZES.slice(0, 3)) {
    const requests = batches(size, 1000);
    const work = SDKS.map((sdk, i) => [
      sdk,
      () => overHttp(servers[i]!, ports[i]!, 'application/octet-stream', requests, size),
    ]);
    results[`batch${size}`] = await interleaved(Object.fromEntries(work) as Record<string, () => Promise<Sample>>);
  }
  results[`shared${ADDRESSES}`] = await interleaved({
    tidegate: () => overHttp(servers[0]!, ports[0]!, SHARED_REQUEST_TYPE, shared(ADDRESSES, 100), ADDRESSES),
  });
  for (const child of servers) child.disconnect();
  return results;
}

const inProcessResults: Record<string, Record<string, Sample>> = {};
for (const size of SIZES) inProcessResults[`batch${size}`] = await measureInProcess(size);
console.log(JSON.stringify({ bench: 'sdk', rounds, inProcess: inProcessResults, http: await measureHttp() }));
