/** What an S3 store answers that is no success, as far as we act on it. */
import { messageOf, TidegateError } from '../../../common/errors.js';
import type { StorageErrorCode } from '../../../common/storage.js';
import type { ObjectStorageLocation } from '../../../job/object-storage.js';
import { locationText } from './location.js';

interface ServiceError {
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** Names for a store that has no room, of AWS's likes. */
const FULL = new Set(['InsufficientStorage', 'QuotaExceeded', 'XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded']);

const CONFLICT = 409;
const PRECONDITION_FAILED = 412;
const INSUFFICIENT_STORAGE = 507;

export function codeOf(error: unknown): StorageErrorCode {
  const { name, $metadata } = (error ?? {}) as ServiceError;
  if ($metadata?.httpStatusCode === PRECONDITION_FAILED) return 'exists';
  // A bucket that is not there is no answer about the name.
  if (name === 'NoSuchKey' || name === 'NotFound') return 'missing';
  const isFull = $metadata?.httpStatusCode === INSUFFICIENT_STORAGE || FULL.has(String(name));
  return isFull ? 'full' : 'io';
}

/** Others write the same name at this moment; who it will be is not known yet. */
export function isConflict(error: unknown): boolean {
  return ((error ?? {}) as ServiceError).$metadata?.httpStatusCode === CONFLICT;
}

/** The client has sent the request more than once: an earlier one may have done what this one was refused. */
export function wasRepeated(error: unknown): boolean {
  return (((error ?? {}) as ServiceError).$metadata?.attempts ?? 1) > 1;
}

export function errorText(location: ObjectStorageLocation, error: unknown): string {
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return `${locationText(location)}: ${name}${messageOf(error)}`;
}

/** @param doing as an infinitive: `write state/1/7/x` */
export function storageFailed(location: ObjectStorageLocation, doing: string, cause: unknown): TidegateError {
  const code = codeOf(cause) === 'full' ? 'TG423' : 'TG424';
  const message = `could not ${doing}: ${errorText(location, cause)}. Check the object storage and what this process may do there.`;
  return new TidegateError(code, message, { retriable: true, cause });
}
