/** Reads cases, one JSON object a line, from plain or gzipped files. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Case } from './case.js';

export function readCases(file: string | URL): Case[] {
  const bytes = readFileSync(file);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Case);
}

/** The project's own copy. */
export function readOwnCases(): Case[] {
  const folder = new URL('../../../test/cases/', import.meta.url);
  return ['cases-basic.jsonl', 'cases-public.jsonl.gz'].flatMap((name) => readCases(new URL(name, folder)));
}
