/**
 * Checkpoint storage in a bucket.
 *
 * Invariants
 * - Exclusive creation rests on `If-None-Match: *`: a store that does not keep to it is refused before it is used (`probe`).
 */
import type { Storage, StorageAnswer, StorageRequest } from '../../../common/storage.js';
import { codeOf, errorText } from './s3-error.js';
import type { S3Objects } from './s3-objects.js';

const OK: StorageAnswer = { ok: true };

export class S3Storage implements Storage {
  constructor(private readonly objects: S3Objects) {}

  async request(request: StorageRequest): Promise<StorageAnswer> {
    try {
      switch (request.op) {
        case 'create':
          await this.objects.create(request.name, request.bytes);
          return OK;
        case 'read':
          return { ok: true, bytes: await this.objects.read(request.name) };
        case 'list':
          return { ok: true, names: await this.objects.list(request.prefix) };
        case 'delete':
          await this.objects.delete(request.names);
          return OK;
      }
    } catch (error) {
      return { ok: false, code: answerCode(request, error), message: errorText(this.objects.location, error) };
    }
  }
}

/** Only of a create the name may be taken, and only of a read it may be missing. */
function answerCode({ op }: StorageRequest, error: unknown) {
  const code = codeOf(error);
  const isOfName = (code === 'exists' && op !== 'create') || (code === 'missing' && op !== 'read');
  return isOfName ? 'io' : code;
}
