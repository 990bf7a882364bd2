/**
 * Makes a golden savepoint: `node platform/dist/test/applications/golden/make.js BACKEND NAME`, for example `rocksdb
 * v1-rocksdb`. One is made for each format of savepoints and never made again: see golden.test.ts.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, inFolder, jsonLines, ROOT, tidegate, until } from '../child.js';
import { BEFORE, PUT_OUT } from './payments.js';

const FOLDER = join(ROOT, 'platform/test/applications/golden');

const [backend = '', name = ''] = process.argv.slice(2);
const target = join(FOLDER, name);
if (name === '' || existsSync(target)) throw new Error(`${target} is there, or no name was given`);
await inFolder(async (folder) => {
  const env = { BACKEND: backend };
  copyFileSync(join(FOLDER, 'application.yaml'), join(folder, 'application.yaml'));
  writeFileSync(join(folder, 'payments.jsonl'), BEFORE);
  const run = new Child(['run', '--quiet'], { cwd: folder, env });
  const outputs = Object.entries(PUT_OUT).map(([output, count]) => [join(folder, `${output}.jsonl`), count] as const);
  await until(() => outputs.every(([file, count]) => jsonLines(file).length === count), run);
  const { exitCode, err } = await tidegate(['savepoint', '--stop', '--to', 'savepoint'], { cwd: folder, env });
  if (exitCode !== 0) throw new Error(err);
  await run.finished;
  mkdirSync(target);
  for (const file of ['savepoint', 'payments.jsonl', 'alerts.jsonl', 'hits.jsonl'])
    cpSync(join(folder, file), join(target, file), { recursive: true });
});
