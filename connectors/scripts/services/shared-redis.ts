/**
 * One Redis for all tests of a process: started when it is first asked for, on a free port and in a folder of its own, and
 * killed when the process ends. Who asks gets a database of their own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { libraryCache } from './library-cache.js';
import { DATABASES, RedisServer, type RedisOptions } from './redis-server.js';

let starting: Promise<RedisServer> | undefined;
let databases = 0;

/** The address of a database that nobody else uses. Rejects with a ServiceError that says what is missing on this machine. */
export async function redisDatabase(): Promise<string> {
  const { address } = await sharedRedis();
  if (databases === DATABASES) throw new Error('every database of the shared Redis is in use: raise DATABASES');
  return `${address}/${databases++}`;
}

/** The server itself, for who looks at all of it: it is neither stopped nor emptied. */
export function sharedRedis(): Promise<RedisServer> {
  starting ??= start();
  return starting;
}

async function start(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-redis-'));
  const server = await newRedis(folder, { appendonly: 'no' });
  await server.start();
  const pid = await server.process.pid();
  process.once('exit', () => {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return server;
}

/** A server of a test's own, not started: to be killed, suspended or filled. */
export async function newRedis(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
  more: Pick<RedisOptions, 'tls'> = {},
): Promise<RedisServer> {
  return new RedisServer({
    folder,
    cache: libraryCache(),
    port: await freePort(),
    settings,
    endsWithUs: true,
    ...more,
  });
}
