// Payments of 200 customers in one morning, the same at every run: `node make-payments.mjs [PAYMENTS] [FILE]`.
// Of every 50th customer a card is tried out with small amounts, then charged from abroad, twice.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const count = Number(process.argv[2] ?? 5000);
const file = process.argv[3] ?? fileURLToPath(new URL('out/payments.jsonl', import.meta.url));
const CUSTOMERS = 200;
const START = Date.UTC(2026, 0, 5, 8);
const lines = [];
for (let i = 0; i < count; i++) {
  const customer = i % CUSTOMERS;
  const round = Math.floor(i / CUSTOMERS);
  const isTriedOut = customer % 50 === 49 && [6, 16].some((first) => round >= first && round < first + 4);
  const isCashOut = isTriedOut && (round === 9 || round === 19);
  const amount = isCashOut ? 900 : isTriedOut ? 1 : 20 + ((i * 7) % 30);
  lines.push(
    JSON.stringify({
      customer: `customer-${customer}`,
      cardId: `card-${customer}`,
      amount,
      country: isCashOut ? 'US' : 'NL',
      merchant: `shop-${i % 9}`,
      ts: START + i * 100,
    }),
  );
}
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${lines.join('\n')}\n`);
