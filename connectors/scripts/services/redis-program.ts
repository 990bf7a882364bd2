/**
 * Where the Redis server's program comes from: an installed `redis-server`, else the binary that
 * `com.github.codemonstur:embedded-redis` on Maven Central carries for this platform.
 */
import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { promisify } from 'node:util';
import { unpacked } from './maven.js';
import { ServiceError } from './service-error.js';

const EMBEDDED = { group: 'com.github.codemonstur', name: 'embedded-redis', version: '1.4.3' };
/** By `process.platform` and `process.arch`. */
const BINARIES: Readonly<Record<string, string>> = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'linux-ia32': 'redis-server-6.2.7-linux-386',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};
const INSTALLED = 'redis-server';
const run = promisify(execFile);

/**
 * @param cache where what Maven brought is kept: may be shared
 * @returns the program's name or path
 */
export async function redisProgram(cache: string, platform = `${process.platform}-${process.arch}`): Promise<string> {
  if (await answers(INSTALLED)) return INSTALLED;
  const file = BINARIES[platform];
  if (file === undefined) {
    throw new ServiceError(
      `There is no Redis for ${platform} on Maven Central. Install \`redis-server\`, or name a server that runs by REDIS_URL.`,
    );
  }
  const binary = await unpacked(cache, EMBEDDED, file);
  await chmod(binary, 0o755);
  if (await answers(binary)) return binary;
  throw new ServiceError(
    `${file} of Maven Central does not run here (it needs glibc and OpenSSL 3). Install \`redis-server\`, or name a server that runs by REDIS_URL.`,
  );
}

async function answers(program: string): Promise<boolean> {
  return run(program, ['--version'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}
