/**
 * A connection to a Redis server, by ioredis, set up as this project needs it.
 *
 * Invariants
 * - What fails because the server is away, full or loading is tried again with growing pauses, for `retryFor`; then it
 *   rejects with a ConnectorError that says so. Every single command is answered or given up within `timeout`.
 * - A server that would throw jobs away is refused before anything is written to it.
 * - No message holds credentials.
 */
import type { Redis, RedisOptions } from 'ioredis';
import { ConnectorError, type ConnectorContext } from '../api/index.js';
import type { ClientOptions } from './client-options.js';
import { ioredis } from './library.js';
import { redisAddress, type RedisAddress } from './redis-address.js';
import { redisError } from './redis-error.js';
import { refuseUnfit } from './server-check.js';
import { tlsOptions } from './tls-options.js';

const CONNECT_MS = 5_000;
const RECONNECT_MAX_MS = 2_000;
const FIRST_PAUSE_MS = 50;
/** While a server is away, it is said about as often. */
const SAY_EVERY_MS = 10_000;

export class RedisClient {
  /** For messages: the ingress or egress, and the server. */
  readonly subject: string;
  readonly #address: RedisAddress;
  #connection: Redis | undefined;
  #opening: Promise<Redis> | undefined;
  #isClosed = false;
  /** Why there is no connection, in the words of the socket. */
  #lastError: Error | undefined;

  /** Throws a ConnectorError for a URL or a certificate that cannot be used. */
  constructor(
    private readonly options: ClientOptions,
    role: 'ingress' | 'egress',
    private readonly context: ConnectorContext,
  ) {
    this.#address = redisAddress(options.url, `${role} ${context.name}`);
    this.subject = `${role} ${context.name}: Redis at ${this.#address.shown}`;
  }

  /** Connected, and fit to hold jobs. Rejects with a ConnectorError. */
  connected(): Promise<Redis> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Does the work, again and again while the server is not there for it. It must do no harm when it is done twice. */
  async persist<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = await this.connected();
    return this.#persist(() => work(redis));
  }

  /** Commands under way reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connection?.disconnect();
  }

  async #open(): Promise<Redis> {
    const { Redis: Client } = ioredis();
    const redis = (this.#connection = new Client(await this.#settings()));
    redis.on('error', (error: Error) => (this.#lastError = error));
    redis.on('ready', () => (this.#lastError = undefined));
    const info = await this.#persist(() => redis.info());
    refuseUnfit(info, this.options.allowEviction, this.subject, (line) => this.context.log?.(line));
    return redis;
  }

  async #settings(): Promise<RedisOptions & { readonly replyMapping: 'legacy' }> {
    const { host, port, username, password, db, isEncrypted } = this.#address;
    const tls = isEncrypted ? await tlsOptions(this.options.tls, this.context.baseDir) : undefined;
    return {
      replyMapping: 'legacy',
      host,
      port,
      db,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls }),
      connectionName: `tidegate-${this.context.name}`.replace(/[^\w.-]/g, '-'),
      connectTimeout: CONNECT_MS,
      commandTimeout: this.options.timeout,
      // Commands wait here and not in ioredis, where nobody would see for how long.
      enableOfflineQueue: false,
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(RECONNECT_MAX_MS, FIRST_PAUSE_MS * 2 ** Math.min(times, 10)),
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    };
  }

  async #persist<T>(work: () => Promise<T>): Promise<T> {
    const began = this.context.now();
    let said = -Infinity;
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (cause) {
        const error = this.#errorOf(cause);
        const waited = this.context.now() - began;
        if (!(error instanceof ConnectorError) || !error.retriable || this.#isClosed) throw error;
        if (waited > this.options.retryFor) {
          throw new ConnectorError('unavailable', `${error.message}, for ${waited} ms`, { retriable: true });
        }
        if (waited - said >= SAY_EVERY_MS) {
          said = waited;
          this.context.log?.(`${error.message}; trying again for ${this.options.retryFor - waited} ms`);
        }
      }
      const pause = Math.min(RECONNECT_MAX_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 10));
      await new Promise<void>((done) => this.context.schedule(pause * (0.5 + this.context.random() / 2), done));
    }
  }

  /** What a command says of a lost connection is less than what the socket said. */
  #errorOf(cause: unknown): Error {
    const error = redisError(this.subject, cause);
    if (!(error instanceof ConnectorError) || error.code !== 'unavailable' || this.#lastError === undefined)
      return error;
    const behind = redisError(this.subject, this.#lastError);
    return behind instanceof ConnectorError ? behind : error;
  }
}
