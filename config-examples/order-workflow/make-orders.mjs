// Deliveries of ten items and orders of them, the same at every run: `node make-orders.mjs [ORDERS] [FOLDER]`.
// Every 50th order costs more than the provider charges.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const count = Number(process.argv[2] ?? 2000);
const folder = process.argv[3] ?? fileURLToPath(new URL('out', import.meta.url));
const ITEMS = 10;
const lines = (values) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const deliveries = Array.from({ length: ITEMS }, (_, i) => ({ item: `item-${i}`, quantity: count }));
const orders = Array.from({ length: count }, (_, i) => ({
  order: `order-${i}`,
  customer: `customer-${i % 37}`,
  item: `item-${i % ITEMS}`,
  quantity: 1 + (i % 3),
  amount: i % 50 === 0 ? 5000 : 10 + (i % 90),
}));
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'deliveries.jsonl'), lines(deliveries));
writeFileSync(join(folder, 'orders.jsonl'), lines(orders));
