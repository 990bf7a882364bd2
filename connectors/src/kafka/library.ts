/** kafkajs, loaded when the first topic is read or written: loading it takes as long as half a start of the command. */
import { createRequire } from 'node:module';
import { addCodecs } from './compression.js';

type KafkaLibrary = typeof import('kafkajs');

const require = createRequire(import.meta.url);
let library: KafkaLibrary | undefined;

export function kafkajs(): KafkaLibrary {
  if (library === undefined) {
    library = require('kafkajs') as KafkaLibrary;
    addCodecs(library);
  }
  return library;
}
