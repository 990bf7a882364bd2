/**
 * A project whose run is left in the middle of its matches: each key has had two of the three events of a match, and all
 * that was read has been put out.
 */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, jsonLines, tidegate, until, type Finished } from './child.js';

export interface Settings {
  readonly backend?: 'heap' | 'rocksdb';
  readonly parallelism?: number;
  readonly maxParallelism?: number;
}

export const KEYS = Array.from({ length: 20 }, (_, i) => `key-${i}`);
export const RULE = `
  triple:
    from: in
    key: k
    pattern: { within: 1h, skip: pastLastEvent, steps: [{ begin: a }, { followedBy: b }, { followedBy: c }] }
    select: { k: key(), first: a.n, last: c.n }
    to: out`;
export const SEEN = `
  seen: { from: in, select: { n: n }, to: seen }`;

export function application(
  { backend = 'rocksdb', parallelism = 2, maxParallelism = 128 }: Settings = {},
  rules = RULE + SEEN,
  type = 'int',
): string {
  return `name: app
settings: { parallelism: ${parallelism}, maxParallelism: ${maxParallelism}, state: { backend: ${backend} }, checkpoint: { interval: 100ms } }
ingresses:
  in:
    file: { path: in.jsonl, follow: true }
    schema: { n: ${type}, k: string, ts: timestamp }
    time: { field: ts }
egresses: { out: { file: out.jsonl }, seen: { file: seen.jsonl } }
rules:${rules}
`;
}

/** The n-th event of each key. */
export const round = (n: number): string =>
  KEYS.map((k) => `${JSON.stringify({ n, k, ts: 1_700_000_000_000 + n * 1000 })}\n`).join('');

/** Runs until all checkpoints that are kept have both first events of each key. */
export async function start(folder: string): Promise<Child> {
  const run = new Child(['run', '--quiet'], { cwd: folder });
  const log = join(folder, '.tidegate/app/checkpoints/log');
  await until(() => jsonLines(join(folder, 'seen.jsonl')).length === 2 * KEYS.length, run);
  const known = new Set(readdirSync(log));
  await until(() => readdirSync(log).every((name) => !known.has(name)), run);
  return run;
}

/** A project whose run was stopped in the middle of all its matches, with a savepoint in `savepoint`. */
export async function stopped(folder: string, settings?: Settings): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'application.yaml'), application(settings));
  writeFileSync(join(folder, 'in.jsonl'), round(0) + round(1));
  const run = await start(folder);
  const taken = await tidegate(['savepoint', '--stop', '--to', 'savepoint'], { cwd: folder });
  assert.equal(taken.out, `${join(folder, 'savepoint')}\n`, taken.err);
  assert.equal((await run.finished).exitCode, 0);
}

/** Goes on, and ends when all matches have been found. @returns what the run said */
export async function finish(folder: string, args: readonly string[] = []): Promise<string> {
  appendFileSync(join(folder, 'in.jsonl'), round(2) + round(3));
  const run = new Child(['run', '--quiet', ...args], { cwd: folder });
  await until(() => jsonLines(join(folder, 'out.jsonl')).length === KEYS.length, run);
  run.process.kill('SIGINT');
  assert.equal((await run.finished).exitCode, 0);
  const found = jsonLines(join(folder, 'out.jsonl')).map(({ k, first, last }) => [k, first, last]);
  assert.deepEqual(found.sort(), KEYS.map((k) => [k, 0, 2]).sort());
  return run.err;
}

/** What a job needs elsewhere: a savepoint, what it reads, and what it has written. */
export function moveProject(from: string, to: string): void {
  for (const name of ['savepoint', 'in.jsonl', 'out.jsonl', 'seen.jsonl'])
    cpSync(join(from, name), join(to, name), { recursive: true });
}

/** A run that must not begin: it leaves no record. */
export async function refused(folder: string, args: readonly string[] = []): Promise<Finished> {
  const finished = await tidegate(['run', '--quiet', ...args], { cwd: folder });
  assert.ok(!existsSync(join(folder, 'seen.jsonl')) || jsonLines(join(folder, 'seen.jsonl')).length <= 2 * KEYS.length);
  return finished;
}
