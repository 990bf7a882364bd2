/**
 * kafkajs, loaded when the first topic is read or written: loading it takes as long as half a start of the command.
 *
 * Invariants
 * - It is a copy of our own, with our filter of aborted messages in the place of its (`aborted-messages.ts`): also where somebody
 *   else in this process has loaded kafkajs before.
 */
import { createRequire, Module } from 'node:module';
import { dirname, sep } from 'node:path';
import { withoutAborted } from './aborted-messages.js';
import { addCodecs } from './compression.js';

type KafkaLibrary = typeof import('kafkajs');

const FILTER = 'kafkajs/src/consumer/filterAbortedMessages.js';

const require = createRequire(import.meta.url);
let library: KafkaLibrary | undefined;

export function kafkajs(): KafkaLibrary {
  if (library === undefined) {
    library = loaded();
    addCodecs(library);
  }
  return library;
}

function loaded(): KafkaLibrary {
  const folder = dirname(require.resolve('kafkajs')) + sep;
  for (const path of Object.keys(require.cache)) if (path.startsWith(folder)) delete require.cache[path];
  const path = require.resolve(FILTER);
  const filter = new Module(path);
  Object.assign(filter, { filename: path, exports: withoutAborted, loaded: true });
  require.cache[path] = filter;
  return require('kafkajs') as KafkaLibrary;
}
