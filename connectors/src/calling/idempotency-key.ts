/** The key by which a receiver knows a request again, made of the ids of the records in it. */
import { createHash } from 'node:crypto';

/** Hashed in any case: an id is not bound to characters that a header may hold. */
export function idempotencyKey(ids: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(ids)).digest('hex').slice(0, 32);
}
