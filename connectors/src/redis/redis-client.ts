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
import { certificatesOf, type Certificates } from '../tls/certificates.js';
import type { ClientOptions } from './client-options.js';
import { ioredis } from './library.js';
import { redisAddress, type RedisAddress } from './redis-address.js';
import { redisError } from './redis-error.js';
import { refuseUnfit } from './server-check.js';

const CONNECT_MS = 5_000;
const RECONNECT_MAX_MS = 2_000;
const FIRST_PAUSE_MS = 50;
/** A try is a few commands, one after the other. */
const TRY_TIMEOUTS = 3;
/** While a server is away, it is said about as often. */
const SAY_EVERY_MS = 10_000;

export class RedisClient {
  /** For messages: the ingress or egress, and the server. */
  readonly subject: string;
  readonly #address: RedisAddress;
  /** Absent: not encrypted. */
  readonly #tls: Certificates | undefined;
  #connection: Redis | undefined;
  #opening: Promise<Redis> | undefined;
  #isClosed = false;
  /** When it was last said that the server is away. */
  #saidAt = -Infinity;
  /** What to do when it is closed, for the works and pauses under way. */
  readonly #onClose = new Set<() => void>();
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
    if (this.#address.isEncrypted) this.#tls = certificatesOf(options.tls ?? {}, context.baseDir, this.subject);
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

  /** One more connection, whose commands wait for the server without an end; it ends with the others. */
  patient(): Redis {
    const { commandTimeout: _, enableOfflineQueue: __, ...settings } = this.#settings();
    const redis = new (ioredis().Redis)(settings);
    redis.on('error', () => undefined);
    this.#onClose.add(() => redis.disconnect());
    return redis;
  }

  /** Commands under way reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connection?.disconnect();
    for (const giveUp of [...this.#onClose]) giveUp();
  }

  async #open(): Promise<Redis> {
    const { Redis: Client } = ioredis();
    const redis = (this.#connection = new Client(this.#settings()));
    redis.on('error', (error: Error) => (this.#lastError = error));
    redis.on('ready', () => (this.#lastError = undefined));
    const info = await this.#persist(async () => {
      if (redis.status !== 'ready') await this.#readiness(redis);
      return redis.info();
    });
    refuseUnfit(info, this.options.allowEviction, this.subject, (line) => this.context.log?.(line));
    return redis;
  }

  /** Of the connection that ioredis is just making. */
  #readiness(redis: Redis): Promise<void> {
    return new Promise((resolve, reject) => {
      const ready = (): void => {
        redis.off('close', closed);
        resolve();
      };
      const closed = (): void => {
        redis.off('ready', ready);
        reject(this.#lastError ?? new ConnectorError('unavailable', `${this.subject} hung up`, { retriable: true }));
      };
      redis.once('ready', ready);
      redis.once('close', closed);
    });
  }

  #settings(): RedisOptions & { readonly replyMapping: 'legacy' } {
    const { host, port, username, password, db } = this.#address;
    return {
      replyMapping: 'legacy',
      host,
      port,
      db,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(this.#tls === undefined ? {} : { tls: this.#tls }),
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
    for (let tries = 0; ; tries++) {
      try {
        return await this.#bounded(work);
      } catch (cause) {
        const error = this.#errorOf(cause);
        const waited = this.context.now() - began;
        if (!(error instanceof ConnectorError) || !error.retriable || this.#isClosed) throw error;
        if (waited > this.options.retryFor) {
          throw new ConnectorError('unavailable', `${error.message}, for ${waited} ms`, { retriable: true });
        }
        if (this.context.now() - this.#saidAt >= SAY_EVERY_MS) {
          this.#saidAt = this.context.now();
          this.context.log?.(`${error.message}; trying again for ${this.options.retryFor - waited} ms`);
        }
      }
      await this.#pause(Math.min(RECONNECT_MAX_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 10)));
    }
  }

  /** Half of it at least; not beyond `close`. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const goOn = (): void => {
        cancel();
        this.#onClose.delete(goOn);
        resolve();
      };
      const cancel = this.context.schedule(ms * (0.5 + this.context.random() / 2), goOn);
      this.#onClose.add(goOn);
    });
  }

  /** One try. BullMQ waits for some things without an end: what takes too long is given up, as everything is by `close`. */
  #bounded<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const giveUp = (): void => {
        settle();
        const reason = this.#isClosed ? 'the connection was closed' : 'no answer in time';
        reject(new ConnectorError('unavailable', `${this.subject} cannot be reached: ${reason}`, { retriable: true }));
      };
      const cancel = this.context.schedule(TRY_TIMEOUTS * this.options.timeout + CONNECT_MS, giveUp);
      const settle = (): void => {
        cancel();
        this.#onClose.delete(giveUp);
      };
      this.#onClose.add(giveUp);
      // After `close` nobody would answer.
      if (this.#isClosed) return giveUp();
      work().then(resolve, reject).finally(settle);
    });
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
