/** ioredis, loaded when the first server is reached: what reads files starts without it. */
import { createRequire } from 'node:module';

type RedisLibrary = typeof import('ioredis');

const require = createRequire(import.meta.url);
let library: RedisLibrary | undefined;

export function ioredis(): RedisLibrary {
  library ??= require('ioredis') as RedisLibrary;
  return library;
}
