/**
 * The `_metadata` of a savepoint: its names are relative to the folder, so that the folder can be copied and moved.
 */
import { invariant } from '../common/errors.js';
import { decodeJsonWithBytes, encodeJsonWithBytes } from '../record/codec/json-with-bytes.js';
import { unwrap, wrap } from './bytes-envelope.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';
import { renameFiles } from './snapshot-files.js';
import { savepointMetadataName } from './storage-layout.js';

/** @param folder with a slash at its end; all files of the savepoint lie in it */
export function encodeSavepoint(metadata: CheckpointMetadata, folder: string): Uint8Array {
  const relative = renameFiles(metadata, (name) => {
    invariant(name.startsWith(folder), `${name} is in the savepoint's folder ${folder}`);
    return name.slice(folder.length);
  });
  return wrap(encodeJsonWithBytes(relative));
}

/** @param folder where it lies now, with a slash at its end. @throws TidegateError TG421, TG422 */
export function decodeSavepoint(bytes: Uint8Array, folder: string): CheckpointMetadata {
  const metadata = decodeJsonWithBytes(unwrap(bytes, savepointMetadataName(folder))) as CheckpointMetadata;
  return renameFiles(metadata, (name) => folder + name);
}
