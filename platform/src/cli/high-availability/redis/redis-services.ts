/** High availability by a Redis: the lease and the registry of jobs are there, and coordinators need no disk in common. */
import type { Redis } from 'ioredis';
import { join } from 'node:path';
import type { RedisAddress } from '@tidegate/connectors/redis';
import { messageOf, TidegateError } from '../../../common/errors.js';
import { StorageLeaseStore } from '../../../coordinator/election/storage-lease-store.js';
import type { HighAvailabilityServices } from '../../../coordinator/high-availability/high-availability-services.js';
import { assertSameStore } from '../store-identity.js';
import { checkPersistence } from './persistence.js';
import { redisText } from './redis-address.js';
import { connectRedis } from './redis-connection.js';
import { RedisStorage } from './redis-storage.js';

export interface RedisServicesOptions {
  readonly address: RedisAddress;
  readonly cluster: string;
  /** Of this coordinator alone, or of all. */
  readonly stateDir: string;
  log(message: string): void;
}

/**
 * The client hangs its commands on its errors, and a password may be among their arguments: causes are left out.
 * @throws TidegateError TG461 it cannot be used; TG454 it has lost what was in it
 */
export async function openRedisServices({
  address,
  cluster,
  stateDir,
  log,
}: RedisServicesOptions): Promise<HighAvailabilityServices> {
  const place = redisText(address);
  const redis = await connectRedis(address).catch((error: unknown) => {
    throw new TidegateError('TG461', `${place} cannot be reached: ${messageOf(error)}`, { retriable: true });
  });
  try {
    for (const warning of await checkPersistence(redis, place)) log(`warning: ${warning}`);
    const storage = new RedisStorage(redis, cluster, place);
    await assertSameStore(storage, join(stateDir, 'high-availability'), place);
    return { leases: new StorageLeaseStore(storage), jobs: storage, close: () => closeRedis(redis) };
  } catch (error) {
    redis.disconnect();
    if (error instanceof TidegateError) throw error;
    throw new TidegateError('TG461', `${place} cannot be used: ${messageOf(error)}`, { retriable: true });
  }
}

/** What was asked is answered first: a lease is given back. */
async function closeRedis(redis: Redis): Promise<void> {
  await redis.quit().catch(() => redis.disconnect());
}
