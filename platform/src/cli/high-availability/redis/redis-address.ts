/** Where a Redis is, as users of the command write it. */
import { ConnectorError } from '@tidegate/connectors/api';
import { redisAddress, type RedisAddress } from '@tidegate/connectors/redis';
import { UsageError } from '../../io.js';

/** @param source of the text, for messages. @throws UsageError, which does not repeat what was written: there may be a password in it */
export function parseRedisAddress(source: string, text: string): RedisAddress {
  try {
    return redisAddress(text, source);
  } catch (error) {
    throw error instanceof ConnectorError ? new UsageError(error.message) : error;
  }
}

/** Without the password. */
export function redisText({ isEncrypted, shown }: RedisAddress): string {
  return `${isEncrypted ? 'rediss' : 'redis'}://${shown}`;
}
