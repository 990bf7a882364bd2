/** Places in object storage as users write them: `s3://BUCKET/PREFIX`. */
import type { ObjectStorageLocation } from '../../../job/object-storage.js';

/** What AWS allows, and those who speak its language. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** @returns undefined for what is no such place */
export function parseLocation(text: string, endpoint: string | undefined): ObjectStorageLocation | undefined {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]+)(\/.*)?$/.exec(text) ?? [];
  const parts = path.split('/').filter((part) => part !== '');
  if (!BUCKET.test(bucket) || parts.some((part) => part === '.' || part === '..')) return undefined;
  const prefix = parts.map((part) => `${part}/`).join('');
  return { bucket, prefix, ...(endpoint === undefined ? {} : { endpoint }) };
}

export function locationText({ bucket, prefix }: ObjectStorageLocation): string {
  return `s3://${bucket}/${prefix}`;
}

/** Of a job, below the place of all of them. */
export function locationOfJob(location: ObjectStorageLocation, job: string): ObjectStorageLocation {
  return { ...location, prefix: `${location.prefix}${encodeURIComponent(job)}/` };
}
