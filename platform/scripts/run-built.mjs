/** Runs a built file after all set-up that is missing: `run-built.mjs [--node-flag ...] FILE [ARGUMENT ...]`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const words = process.argv.slice(2);
const flags = [];
while (words[0]?.startsWith('--')) flags.push(words.shift());
const [file, ...rest] = words;
const result = spawnSync(process.execPath, ['--enable-source-maps', ...flags, join(root, file), ...rest], {
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
