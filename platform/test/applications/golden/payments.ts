/** The input of the golden savepoints: what was read before they were taken, and what a run that begins with them reads. */
const T0 = 1_700_000_000_000;
const SECOND = 1000;

interface Payment {
  readonly card: string;
  readonly amount: number;
  readonly merchant: number;
  readonly at: number;
}

const card = (i: number): string => `card-${i}`;
const payment = (i: number, amount: number, merchant: number, afterSeconds: number): Payment => {
  return { card: card(i), amount, merchant, at: T0 + afterSeconds * SECOND };
};
const each = (from: number, to: number, make: (i: number) => Payment): Payment[] =>
  Array.from({ length: to - from + 1 }, (_, i) => make(from + i));
const lines = (payments: readonly Payment[]): string => payments.map((one) => `${JSON.stringify(one)}\n`).join('');

/**
 * Two probes of each of eight cards; three of the cards are cashed out, at merchants 0 and 1; two large payments that
 * nothing has followed yet. More than 4 KiB, so that a copy of the file is known to be the same.
 */
export const BEFORE = lines([
  ...each(0, 7, (i) => payment(i, 1 + i / 8, 9, i)),
  ...each(0, 7, (i) => payment(i, 2 + i / 8, 9, 60 + i)),
  ...each(0, 2, (i) => payment(i, 600 + i, i % 2, 120 + i)),
  ...each(100, 150, (i) => payment(i, 50, 9, 130 + i)),
  ...each(8, 9, (i) => payment(i, 950, 9, 300 + i)),
  payment(200, 50, 9, 320),
]);

/** The other cards are cashed out, the last of them at merchant 2; one of the large payments is followed by another. */
export const AFTER = lines([
  ...each(3, 7, (i) => payment(i, 600 + i, i === 7 ? 2 : i % 2, 400 + i)),
  payment(8, 20, 9, 500),
  payment(200, 50, 9, 2 * 3600),
]);

/** What the alerts say in the end, in any order. */
export const ALERTS: readonly Record<string, unknown>[] = [
  ...Array.from({ length: 8 }, (_, i) => ({
    rule: 'card-testing',
    card: card(i),
    probes: [1 + i / 8, 2 + i / 8],
    amount: 600 + i,
    merchant: i === 7 ? 2 : i % 2,
  })),
  { rule: 'silence', card: card(9), amount: 950 },
];

/** Each merchant once: what a hit of before suppresses does not come after. */
export const HITS: readonly Record<string, unknown>[] = [0, 1, 2].map((merchant) => ({
  rule: 'merchant-hit',
  merchant,
}));

/** Of those, how many were put out before the savepoint was taken. */
export const PUT_OUT = { alerts: 3, hits: 2 } as const;
