/**
 * The input of the disturbed cluster and of the run that nobody disturbs: the payments of the card-testing example, and at
 * their end a card that nobody else has, whose alert says that everything before it was read.
 *
 * Invariants
 * - Both read the same bytes under the same name: the disturbed one while they are appended, at so many a second.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tidegate } from '../applications/child.js';

export const JOB = 'card-testing';
const EXAMPLE = join(ROOT, 'config-examples', JOB);
const INPUT = join('out', 'payments.jsonl');
const OUTPUT = join('out', 'alerts.jsonl');
const LAST_CARD = 987_654_321;
const STEP_MS = 50;

/**
 * How barriers pass what waits after a fault: `overtaking` it, so that it holds no checkpoint up; or `aligned`, where a channel
 * that stands still is seen by checkpoints that do not complete.
 */
export type Barriers = 'overtaking' | 'aligned';

const CHECKPOINTS: Readonly<Record<Barriers, string>> = {
  overtaking: 'timeout: 10s, alignedTimeout: 500ms, unaligned: true',
  aligned: 'timeout: 5s',
};

/** On RocksDB at parallelism 4. */
const settingsWith = (barriers: Barriers): string => `settings:
  parallelism: 4
  state: { backend: rocksdb }
  checkpoint: { interval: 250ms, ${CHECKPOINTS[barriers]}, tolerableFailures: 1000 }
`;

export interface PaymentOptions {
  readonly seconds: number;
  readonly perSecond: number;
  readonly barriers: Barriers;
  /** Of the settings, where they are not the usual ones. */
  readonly restart?: string;
}

export class CardPayments {
  /** Of the application to be submitted. */
  readonly application: string;
  /** Files of alerts. */
  readonly expected: string;
  readonly found: string;
  readonly #lines: readonly string[];
  #given = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    folder: string,
    private readonly perSecond: number,
  ) {
    this.application = join(folder, 'disturbed');
    this.found = join(this.application, OUTPUT);
    this.expected = join(folder, 'undisturbed', OUTPUT);
    this.#lines = readFileSync(join(folder, 'undisturbed', INPUT), 'utf8')
      .trimEnd()
      .split('\n');
  }

  /**
   * Makes payments for so many seconds, and runs the application over them in one process.
   * @param folder empty
   */
  static async prepare(folder: string, options: PaymentOptions): Promise<CardPayments> {
    const { seconds, perSecond, barriers, restart } = options;
    const settings = settingsWith(barriers) + (restart === undefined ? '' : `  restart: ${restart}\n`);
    const undisturbed = place(folder, 'undisturbed', settings, (text) => text);
    place(folder, 'disturbed', settings, (text) =>
      text.replace(/(file: \{ path: "\$\{PAYMENTS[^}]*\}")/, '$1, follow: true'),
    );
    makePayments(join(undisturbed, INPUT), seconds * perSecond);
    const payments = new CardPayments(folder, perSecond);
    const { exitCode, err } = await tidegate(['run', '--quiet'], { cwd: undisturbed });
    if (exitCode !== 0) throw new Error(err);
    if (!payments.#hasLast(payments.expected)) throw new Error('undisturbed, the last card is not found');
    return payments;
  }

  get count(): number {
    return this.#lines.length;
  }

  /** Begins to append. */
  start(): void {
    writeFileSync(join(this.application, INPUT), '');
    const begun = performance.now();
    this.#timer = setInterval(() => {
      this.#giveUpTo(Math.floor(((performance.now() - begun) * this.perSecond) / 1000));
    }, STEP_MS);
  }

  /** Appends what is left. */
  finish(): void {
    clearInterval(this.#timer);
    this.#giveUpTo(this.#lines.length);
  }

  /** Whether everything was read, and what came of it is in the output. */
  get isDone(): boolean {
    return this.#hasLast(this.found);
  }

  #giveUpTo(count: number): void {
    const next = this.#lines.slice(this.#given, count);
    this.#given += next.length;
    if (next.length > 0) appendFileSync(join(this.application, INPUT), `${next.join('\n')}\n`);
  }

  #hasLast(path: string): boolean {
    return existsSync(path) && readFileSync(path, 'utf8').includes(`:${LAST_CARD},`);
  }
}

/** @returns its path */
function place(folder: string, name: string, settings: string, edit: (text: string) => string): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'out'), { recursive: true });
  cpSync(join(EXAMPLE, 'cards.csv'), join(path, 'cards.csv'));
  const text = readFileSync(join(EXAMPLE, 'application.yaml'), 'utf8');
  writeFileSync(join(path, 'application.yaml'), edit(text.replace('\ningresses:', `\n${settings}\ningresses:`)));
  return path;
}

function makePayments(path: string, count: number): void {
  const { status, stderr } = spawnSync(process.execPath, [join(EXAMPLE, 'make-events.mjs'), String(count), path]);
  if (status !== 0) throw new Error(stderr.toString());
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const { ts } = JSON.parse(lines.at(-1)!) as { readonly ts: number };
  const last = [
    { cardId: LAST_CARD, amount: 1, ts: ts + 10 },
    { cardId: LAST_CARD, amount: 900, ts: ts + 20 },
    // Brings event time past the one before.
    { cardId: LAST_CARD, amount: 50, ts: ts + 1000 },
  ].map((payment) => JSON.stringify({ country: 'NL', merchant: 1, ...payment }));
  appendFileSync(path, `${last.join('\n')}\n`);
}
