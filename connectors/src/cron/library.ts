/** cron-parser, loaded when the first schedule is read: with its time zones it takes a while. */
import { createRequire } from 'node:module';

type CronLibrary = typeof import('cron-parser');

const require = createRequire(import.meta.url);
let library: CronLibrary | undefined;

export function cronParser(): CronLibrary {
  library ??= require('cron-parser') as CronLibrary;
  return library;
}
