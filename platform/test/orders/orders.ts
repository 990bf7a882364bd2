/**
 * The order workflow as it is run here: deliveries first, then orders at so many a second, which are appended to the file that
 * the job follows.
 *
 * Invariants
 * - Every item has enough for all orders before the first one of them is placed, so how an order ends follows from its amount.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonLines, ROOT } from '../applications/child.js';

export const JOB = 'order-workflow';
/** Orders that only find out whether an item has been delivered: not of those that count. */
export const WARM_UP = 'warm-up-';
const EXAMPLE = join(ROOT, 'config-examples', JOB, 'application.yaml');
const ITEMS = 10;
const STEP_MS = 50;
const WARM_UP_MS = 500;
const AMOUNT_DECLINED = 5000;
const SETTINGS = `settings:
  parallelism: 4
  state: { backend: rocksdb }
  checkpoint: { interval: 250ms, timeout: 10s, alignedTimeout: 500ms, tolerableFailures: 1000 }
  restart: { strategy: exponential-delay, initial: 100ms, max: 1s, resetAfter: 5s }
`;

export class Orders {
  /** Of the application to be submitted. */
  readonly application: string;
  readonly placed: string;
  readonly ended: string;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param urls of the server of orders and payments, and of that of the stock
   * @param perSecond orders
   */
  constructor(
    folder: string,
    [shop, stock]: readonly [string, string],
    private readonly perSecond: number,
  ) {
    const application = (this.application = join(folder, 'application'));
    mkdirSync(join(application, 'out'), { recursive: true });
    this.placed = join(application, 'out', 'orders.jsonl');
    this.ended = join(application, 'out', 'ended.jsonl');
    const edits: readonly (readonly [RegExp, string])[] = [
      [/^settings:\n.*\n/m, SETTINGS],
      [/file: '\$\{DELIVERIES:[^}]*\}'/, 'file: { path: out/deliveries.jsonl, follow: true }'],
      [/file: '\$\{ORDERS:[^}]*\}'/, 'file: { path: out/orders.jsonl, follow: true }'],
      [/(shop\/stock: \{ http: )'[^']*'/, `$1'${stock}'`],
      [/\$\{SHOP_URL:[^}]*\}/g, shop],
    ];
    let text = readFileSync(EXAMPLE, 'utf8');
    for (const [from, to] of edits) {
      if (!new RegExp(from.source, 'm').test(text)) throw new Error(`the example has no ${from.source}`);
      text = text.replace(from, to);
    }
    writeFileSync(join(application, 'application.yaml'), text);
    writeFileSync(this.placed, '');
    const deliveries = items().map((item) => ({ item, quantity: 1_000_000_000 }));
    writeFileSync(join(application, 'out', 'deliveries.jsonl'), linesOf(deliveries));
  }

  /** Orders that count, placed so far. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when an order of each item has been completed. @param isOver asked while it waits */
  async warmUp(isOver: () => boolean): Promise<void> {
    for (let round = 0; this.#itemsThatCompleted().size < ITEMS; round++) {
      if (isOver()) throw new Error('not every item was delivered');
      this.#place(items().map((item) => orderOf(`${WARM_UP}${round}-${item}`, item, 1)));
      await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
    }
  }

  start(): void {
    const begun = performance.now();
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - begun) * this.perSecond) / 1000);
      const from = this.#count;
      this.#count = Math.max(from, due);
      this.#place(Array.from({ length: this.#count - from }, (_, i) => numbered(from + i)));
    }, STEP_MS);
  }

  finish(): void {
    clearInterval(this.#timer);
  }

  /** How many of those that count have ended, each as often as it has. */
  endedCount(): number {
    return jsonLines(this.ended).filter(({ order }) => !String(order).startsWith(WARM_UP)).length;
  }

  #itemsThatCompleted(): Set<string> {
    const completed = jsonLines(this.ended).filter(({ outcome }) => outcome === 'completed');
    return new Set(completed.map(({ order }) => String(order).replace(/^.*-(item-\d+)$/, '$1')));
  }

  #place(orders: readonly object[]): void {
    if (orders.length > 0) appendFileSync(this.placed, linesOf(orders));
  }
}

/** How an order of this amount must end. */
export function outcomeOf(amount: number): 'completed' | 'declined' {
  return amount >= AMOUNT_DECLINED ? 'declined' : 'completed';
}

function items(): string[] {
  return Array.from({ length: ITEMS }, (_, i) => `item-${i}`);
}

function numbered(index: number): object {
  return orderOf(`order-${index}`, `item-${index % ITEMS}`, index % 50 === 0 ? AMOUNT_DECLINED : 10 + (index % 90));
}

function orderOf(order: string, item: string, amount: number): object {
  return { order, customer: `customer of ${order}`, item, quantity: 1, amount };
}

function linesOf(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
