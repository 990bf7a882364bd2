/** kafkajs, loaded when the first topic is read or written: loading it takes as long as half a start of the command. */
import { createRequire } from 'node:module';

type KafkaLibrary = typeof import('kafkajs');

const require = createRequire(import.meta.url);
let library: KafkaLibrary | undefined;

export function kafkajs(): KafkaLibrary {
  library ??= require('kafkajs') as KafkaLibrary;
  return library;
}
