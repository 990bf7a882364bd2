/**
 * Writes the payments of this example: the card events of the project's benchmark, made by a seeded xorshift32, so that
 * every machine has the same million. `node make-events.mjs [COUNT] [FILE]`
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START = 1_700_000_100_000;
const COUNTRIES = ['DE', 'FR', 'GB', 'US', 'NL', 'PL', 'IT', 'ES'];

let state = 12345;
function next() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
}

function amountOf(kind, value) {
  if (kind < 10) return 500.25 + (value % 2000) * 0.25;
  return kind < 110 ? 0.25 + (value % 19) * 0.25 : 5 + (value % 1981) * 0.25;
}

const count = Number(process.argv[2] ?? 1_000_000);
const file = process.argv[3] ?? join(dirname(fileURLToPath(import.meta.url)), 'out', 'payments.jsonl');
mkdirSync(dirname(file), { recursive: true });
const descriptor = openSync(file, 'w');
let text = '';
for (let i = 0; i < count; i++) {
  const cardId = next() % 10_000;
  const kind = next() % 1000;
  const amount = amountOf(kind, next());
  const country = COUNTRIES[next() % 8];
  const merchant = next() % 5000;
  text += `${JSON.stringify({ cardId, amount, country, merchant, ts: START + 5 + i * 10 })}\n`;
  if (text.length > 1 << 20) {
    writeSync(descriptor, text);
    text = '';
  }
}
writeSync(descriptor, text);
closeSync(descriptor);
process.stdout.write(`${count} payments in ${file}\n`);
