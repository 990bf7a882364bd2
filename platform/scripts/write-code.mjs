/**
 * Writes the code of a script of the bundle: `write-code.mjs SCRIPT [ARGUMENT ...]`.
 *
 * The script is run with the arguments first, so that what a run needs is compiled and kept with it; without any it is not
 * run, and the code is that of its outermost level.
 */
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import compiled from '../bin/compiled-script.cjs';

const [path, ...words] = process.argv.slice(2);
const { script, run } = compiled.load(path);
process.on('exit', () => {
  // A run with RocksDB sets this flag (`heap-growth.ts`), and the code is good only where flags are as they were when it was
  // made: those of a process that begins.
  setFlagsFromString('--heap-growing-percent=0');
  writeFileSync(compiled.codeFile(path), script.createCachedData());
});
if (words.length > 0) {
  process.argv.splice(1, Infinity, path, ...words);
  run();
}
