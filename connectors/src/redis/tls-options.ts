/** Certificates and keys of a TLS connection, read from the files that the options name. */
import { resolve } from 'node:path';
import type { RedisOptions } from 'ioredis';
import { telling } from '../api/index.js';
import { readBlocks } from '../disk/byte-range.js';
import { nodeFileSystem } from '../disk/file-system.js';
import type { ClientOptions } from './client-options.js';

const MAX_BYTES = 1024 * 1024;

/** Rejects with a ConnectorError for a file that cannot be read. @param baseDir relative names are taken from here */
export async function tlsOptions(
  options: ClientOptions['tls'],
  baseDir: string,
): Promise<NonNullable<RedisOptions['tls']>> {
  const { ca, certificate, key, serverName } = options ?? {};
  const content = (file: string): Promise<Buffer> => {
    const path = resolve(baseDir, file);
    return telling(path, read(path));
  };
  return {
    ...(ca === undefined ? {} : { ca: await content(ca) }),
    ...(certificate === undefined ? {} : { cert: await content(certificate) }),
    ...(key === undefined ? {} : { key: await content(key) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

async function read(path: string): Promise<Buffer> {
  const file = await nodeFileSystem.open(path, 'r');
  try {
    const blocks: Buffer[] = [];
    for await (const block of readBlocks(file, 0, MAX_BYTES)) blocks.push(Buffer.from(block));
    return Buffer.concat(blocks);
  } finally {
    await file.close();
  }
}
