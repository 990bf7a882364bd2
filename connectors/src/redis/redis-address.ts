/** Where a Redis server is, taken from its URL; what is shown of it holds no credentials. */
import { ConnectorError } from '../api/index.js';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly isEncrypted: boolean;
  /** For messages, without credentials: `localhost:6379/0`. */
  readonly shown: string;
}

const DEFAULT_PORT = 6379;

/**
 * Throws a ConnectorError for what is no such URL, without repeating it: a password may stand in it.
 * @param url `redis://` or `rediss://`, then `[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]`
 * @param subject for messages
 */
export function redisAddress(url: string, subject: string): RedisAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const database = /^\/?(\d{0,9})$/.exec(parsed?.pathname ?? '-')?.[1];
  const isRedis = parsed?.protocol === 'redis:' || parsed?.protocol === 'rediss:';
  if (
    parsed === undefined ||
    !isRedis ||
    parsed.hostname === '' ||
    database === undefined ||
    parsed.search + parsed.hash !== ''
  ) {
    throw new ConnectorError(
      'invalid-option',
      `${subject}: the URL of Redis is none: write redis://HOST:PORT/DATABASE, with rediss for TLS, and USER:PASSWORD@ before the host where they are needed`,
    );
  }
  // Brackets of an IPv6 address belong to the URL.
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const port = parsed.port === '' ? DEFAULT_PORT : Number(parsed.port);
  return {
    host,
    port,
    ...(parsed.username === '' ? {} : { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    db: Number(database),
    isEncrypted: parsed.protocol === 'rediss:',
    shown: `${parsed.hostname}:${port}/${Number(database)}`,
  };
}
