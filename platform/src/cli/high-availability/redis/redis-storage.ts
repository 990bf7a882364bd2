/**
 * The storage of small files in a Redis: for the lease and the registry of jobs.
 *
 *     {tidegate:CLUSTER}:entries     a hash: names and contents
 *     {tidegate:CLUSTER}:names       a sorted set: the names, by which they are listed
 *
 * Invariants
 * - Exclusive creation is HSETNX, in one script with the name's entry in the list: of several one creates it.
 * - Both keys have one hash tag: also of a Redis Cluster they are in one place.
 */
import type { Redis } from 'ioredis';
import { messageOf } from '../../../common/errors.js';
import type { Storage, StorageAnswer, StorageErrorCode, StorageRequest } from '../../../common/storage.js';

const OK: StorageAnswer = { ok: true };

const CREATE = `
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], 0, ARGV[1])
return 1`;

const DELETE = `
redis.call('HDEL', KEYS[1], unpack(ARGV))
return redis.call('ZREM', KEYS[2], unpack(ARGV))`;

/** A script takes some thousands of arguments. */
const DELETED_AT_ONCE = 1000;

export class RedisStorage implements Storage {
  readonly #entries: string;
  readonly #names: string;

  /** @param place of the server, for messages */
  constructor(
    private readonly redis: Redis,
    cluster: string,
    private readonly place: string,
  ) {
    const root = `{tidegate:${cluster}}`;
    this.#entries = `${root}:entries`;
    this.#names = `${root}:names`;
  }

  async request(request: StorageRequest): Promise<StorageAnswer> {
    try {
      switch (request.op) {
        case 'create':
          return await this.#create(request.name, request.bytes);
        case 'read':
          return await this.#read(request.name);
        case 'list':
          return { ok: true, names: await this.#list(request.prefix) };
        case 'delete':
          return await this.#delete(request.names);
      }
    } catch (error) {
      return this.#failed(codeOf(error), messageOf(error));
    }
  }

  async #create(name: string, bytes: Uint8Array): Promise<StorageAnswer> {
    const isNew = await this.redis.eval(CREATE, 2, this.#entries, this.#names, name, Buffer.from(bytes));
    return isNew === 1 ? OK : this.#failed('exists', `${name} is there already`);
  }

  async #read(name: string): Promise<StorageAnswer> {
    const bytes = await this.redis.hgetBuffer(this.#entries, name);
    return bytes === null ? this.#failed('missing', `${name} is not there`) : { ok: true, bytes };
  }

  async #list(prefix: string): Promise<readonly string[]> {
    const [from, to] = prefix === '' ? ['-', '+'] : [`[${prefix}`, Buffer.concat([Buffer.from(`[${prefix}`), END])];
    const names = await this.redis.zrangebylex(this.#names, from, to);
    // Redis sorts by bytes of UTF-8.
    return names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  async #delete(names: readonly string[]): Promise<StorageAnswer> {
    for (let begin = 0; begin < names.length; begin += DELETED_AT_ONCE)
      await this.redis.eval(DELETE, 2, this.#entries, this.#names, ...names.slice(begin, begin + DELETED_AT_ONCE));
    return OK;
  }

  #failed(code: StorageErrorCode, message: string): StorageAnswer {
    return { ok: false, code, message: `${this.place}: ${message}` };
  }
}

/** Behind every byte that text has. */
const END = Buffer.of(0xff);

function codeOf(error: unknown): StorageErrorCode {
  return /\bOOM\b/.test(messageOf(error)) ? 'full' : 'io';
}
