/** What may befall a file. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Damage = (path: string) => void;
export const flip: Damage = (path) => {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
};
export const truncate: Damage = (path) => writeFileSync(path, readFileSync(path).subarray(0, -1));
export const empty: Damage = (path) => writeFileSync(path, '');
export const remove: Damage = (path) => rmSync(path);

/** The first or last file below a folder whose path fits. */
export function fileIn(folder: string, pattern: RegExp, which: 'first' | 'last' = 'first'): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort(byNumbers);
  const fitting = names.filter((one) => pattern.test(one));
  const name = fitting.at(which === 'first' ? 0 : -1);
  assert.ok(name, `no ${pattern.source} among ${names.join(', ')}`);
  return join(folder, name);
}

function byNumbers(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
