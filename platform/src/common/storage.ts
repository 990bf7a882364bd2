/**
 * The seam to durable storage for small files: metadata, fences. A shared folder, object storage, or a simulated disk.
 *
 * Invariants
 * - `create` is exclusive and atomic: a name is there with its whole content and durable (file and folder are synced), or
 *   it is not there. Of two callers one fails with `exists`, whatever else happens.
 * - What `list` gives is in ascending order of code units.
 * - Synchronous machines ask by effect and get the answer by mail, so requests and answers are plain data.
 */
export type StorageRequest =
  | { readonly op: 'create'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly op: 'read'; readonly name: string }
  | { readonly op: 'list'; readonly prefix: string }
  | { readonly op: 'delete'; readonly names: readonly string[] };

export type StorageAnswer =
  | { readonly ok: true; readonly bytes?: Uint8Array; readonly names?: readonly string[] }
  | { readonly ok: false; readonly code: StorageErrorCode; readonly message: string };

/** `full` and `io` may pass; `exists` and `missing` are answers about the name. After `io` the outcome is unknown. */
export type StorageErrorCode = 'exists' | 'missing' | 'full' | 'io';

/** The port as an I/O shell has it. Never rejects: failures are answers. */
export interface Storage {
  request(request: StorageRequest): Promise<StorageAnswer>;
}
