/**
 * One broker for all tests of a process: started when it is first asked for, on free ports and in a folder of its own, and
 * killed when the process ends.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { KafkaCluster } from './kafka-cluster.js';
import { libraryCache } from './library-cache.js';

let starting: Promise<KafkaCluster> | undefined;

/** Rejects with a ServiceError that says what is missing on this machine. */
export function sharedKafka(): Promise<KafkaCluster> {
  starting ??= start();
  return starting;
}

async function start(): Promise<KafkaCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-kafka-'));
  const cluster = await newKafka(folder);
  await cluster.start();
  const pid = await cluster.nodes[0]?.server.pid();
  process.once('exit', () => {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return cluster;
}

/** A cluster of a test's own, by default of one broker; not started. */
export async function newKafka(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
  nodes = 1,
): Promise<KafkaCluster> {
  const ports: [number, number][] = [];
  for (let node = 0; node < nodes; node++) ports.push([await freePort(), await freePort()]);
  return new KafkaCluster({ folder, cache: libraryCache(), ports, settings, endsWithUs: true });
}
