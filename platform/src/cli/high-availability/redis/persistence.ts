/**
 * Whether a Redis keeps what it is given: a registry of jobs in a cache would be gone with its next restart, and its jobs with
 * it.
 */
import type { Redis } from 'ioredis';
import { TidegateError } from '../../../common/errors.js';

/**
 * @param place for messages
 * @returns what is not as it should be, and what cannot be told
 * @throws TidegateError TG461 it forgets, or is a replica. Otherwise as the client does
 */
export async function checkPersistence(redis: Redis, place: string): Promise<readonly string[]> {
  const info = fieldsOf(await redis.info());
  const unfit = unfitness(info);
  if (unfit !== undefined) throw new TidegateError('TG461', `${place} cannot keep which jobs there are: ${unfit}`);
  const warnings: string[] = [];
  const appended = await setting(redis, 'appendfsync');
  if (appended === undefined)
    warnings.push(`${place} does not let its configuration be read: see that it has appendfsync always or everysec`);
  else if (appended !== 'always')
    warnings.push(
      `${place} has appendfsync ${appended}: what was written last may be lost when its machine fails; ` +
        'then coordinators find that out and stop (TG454). With `appendfsync always` nothing is lost',
    );
  if (Number(info.get('connected_slaves') ?? 0) > 0)
    warnings.push(
      `${place} has replicas, which are told later: after a failover to one of them what was written last may be missing, and ` +
        'coordinators stop (TG454)',
    );
  return warnings;
}

function unfitness(info: ReadonlyMap<string, string>): string | undefined {
  if (info.get('role') === 'slave') return 'it is a replica. Name the primary';
  if (info.get('aof_enabled') === '0')
    return 'it has `appendonly no`, and would forget with its next restart. Set `appendonly yes`';
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  // Those that are volatile evict what expires, and nothing of ours does.
  if (Number(info.get('maxmemory') ?? 0) > 0 && policy.startsWith('allkeys'))
    return `it has \`maxmemory-policy ${policy}\`, and would drop jobs when its memory is full. Set \`maxmemory-policy noeviction\``;
  return undefined;
}

/** Undefined: it is not for us to read, as with a Redis that somebody hosts. */
async function setting(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const [, value] = (await redis.config('GET', name)) as string[];
    return value;
  } catch {
    return undefined;
  }
}

function fieldsOf(info: string): ReadonlyMap<string, string> {
  return new Map(
    info.split('\r\n').flatMap((line) => [/^([^#:]+):(.*)$/.exec(line)?.slice(1, 3) ?? []] as [string, string][]),
  );
}
