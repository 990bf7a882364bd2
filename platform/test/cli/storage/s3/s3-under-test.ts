/**
 * The object storage that tests use: a small server of their own, or the one that `TIDEGATE_TEST_S3` names as
 * `http://HOST:PORT/BUCKET` (with credentials in `AWS_*`): then what every store must do is held against that one, too.
 */
import { randomUUID } from 'node:crypto';
import type { ObjectStorageLocation } from '../../../../src/job/object-storage.js';

/** Undefined: no other store is named. */
export function namedStore(): ObjectStorageLocation | undefined {
  const given = process.env['TIDEGATE_TEST_S3'];
  if (given === undefined || given === '') return undefined;
  const { origin, pathname } = new URL(given);
  return { endpoint: origin, bucket: pathname.slice(1), prefix: `${randomUUID()}/` };
}

/** Of the small server: it lets in whoever calls, but who calls must be somebody. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' } as const;

export function useCredentials(): void {
  for (const [name, value] of Object.entries(CREDENTIALS)) process.env[name] ??= value;
}
