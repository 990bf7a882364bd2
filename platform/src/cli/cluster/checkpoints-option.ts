/** `--checkpoints` and `--s3-endpoint`: where a cluster keeps its jobs' checkpoints, when not in its folder. */
import type { ObjectStorageLocation } from '../../job/object-storage.js';
import { UsageError } from '../io.js';
import { parseLocation } from '../storage/s3/location.js';
import { probe } from '../storage/s3/probe.js';
import { S3Objects } from '../storage/s3/s3-objects.js';
import { S3Storage } from '../storage/s3/s3-storage.js';

/**
 * @returns undefined when they are in the folder
 * @throws UsageError
 */
export function objectStorageFrom(
  checkpoints: string | undefined,
  endpoint: string | undefined,
): ObjectStorageLocation | undefined {
  if (checkpoints === undefined && endpoint === undefined) return undefined;
  if (checkpoints === undefined)
    throw new UsageError('--s3-endpoint is of use with --checkpoints s3://BUCKET/PREFIX only');
  if (endpoint !== undefined && !/^https?:\/\/[^/?#]+\/?$/.test(endpoint))
    throw new UsageError(`--s3-endpoint is ${JSON.stringify(endpoint)}; expected http(s)://HOST:PORT`);
  const location = parseLocation(checkpoints, endpoint);
  if (location === undefined)
    throw new UsageError(`--checkpoints is ${JSON.stringify(checkpoints)}; expected s3://BUCKET/PREFIX`);
  return location;
}

/** @throws TidegateError TG460 when jobs cannot rely on it */
export function assertFit(location: ObjectStorageLocation): Promise<void> {
  return probe(new S3Storage(new S3Objects(location)), location);
}
