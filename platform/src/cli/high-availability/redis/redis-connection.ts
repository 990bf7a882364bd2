/**
 * A connection to a Redis as coordinators want it.
 *
 * Invariants
 * - Every command is answered within `ANSWER_MS`, or fails: whoever asks knows that the store is away, and asks again.
 * - No command is sent twice, and none waits for a connection: what nobody waits for any more must not happen later.
 */
import type { Redis } from 'ioredis';
import { ioredis, type RedisAddress } from '@tidegate/connectors/redis';

const CONNECT_MS = 5_000;
const ANSWER_MS = 2_000;
const RECONNECT_MS = { step: 50, longest: 1_000 };

/** Resolves when it is connected; rejects when it cannot be. Later it connects anew by itself. */
export async function connectRedis({ isEncrypted, shown: _, ...address }: RedisAddress): Promise<Redis> {
  const { Redis: Client } = ioredis();
  let hasConnected = false;
  let refused: Error | undefined;
  const redis = new Client({
    ...address,
    ...(isEncrypted ? { tls: { servername: address.host } } : {}),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    commandTimeout: ANSWER_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => (hasConnected ? Math.min(times * RECONNECT_MS.step, RECONNECT_MS.longest) : null),
  });
  // Whoever asks is told; without a listener it would end the process.
  redis.on('error', (error: Error) => (refused = error));
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw refused ?? error;
  }
  hasConnected = true;
  return redis;
}
