/** ioredis, loaded when a Redis is named: others start without it. */
import { createRequire } from 'node:module';

type RedisLibrary = typeof import('ioredis');

const require = createRequire(import.meta.url);

export function ioredis(): RedisLibrary {
  return require('ioredis') as RedisLibrary;
}
