/** BullMQ, loaded when the first queue is read or written: loading it takes as long as a start of the command. */
import { createRequire } from 'node:module';

type BullLibrary = typeof import('bullmq');

const require = createRequire(import.meta.url);
let library: BullLibrary | undefined;

export function bullmq(): BullLibrary {
  library ??= require('bullmq') as BullLibrary;
  return library;
}
