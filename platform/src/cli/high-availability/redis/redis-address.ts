/** Where a Redis is, as users write it: `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` over TLS. */
import { UsageError } from '../../io.js';

const PORT = 6379;

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly isSecure: boolean;
}

/** @param source of the text, for messages. @throws UsageError, which does not repeat what was written: there may be a password in it */
export function parseRedisAddress(source: string, text: string): RedisAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const database = /^\/?(\d*)$/.exec(url?.pathname ?? '-')?.[1];
  const isRedis = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
  if (url === undefined || !isRedis || url.hostname === '' || database === undefined || url.search + url.hash !== '')
    throw new UsageError(
      `${source} is no address of a Redis; expected redis://HOST:PORT/DATABASE, or rediss:// for TLS`,
    );
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? PORT : Number(url.port),
    db: Number(database),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    isSecure: url.protocol === 'rediss:',
  };
}

/** Without the password. */
export function redisText({ host, port, db, isSecure }: RedisAddress): string {
  return `${isSecure ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${port}/${db}`;
}
