/** The events of the pipeline benchmark: event i is a function of i alone, and equal to those that Apache Flink is given. */
const COUNTRIES = ['DE', 'FR', 'GB', 'US', 'NL', 'PL', 'IT', 'ES'] as const;
const GOLDEN_RATIO = 0x9e3779b1;
const T0 = 1_700_000_100_000;
const NOTES = notes();

export interface PipelineEvent {
  readonly id: number;
  readonly key: string;
  readonly amount: number;
  readonly country: string;
  readonly merchant: number;
  readonly flag: boolean;
  readonly note: string;
  readonly ts: number;
}

/** 100 to 200 characters of the alphabet; made once. */
function notes(): string[] {
  const text = 'abcdefghijklmnopqrstuvwxyz'.repeat(9).slice(0, 226);
  return Array.from({ length: 101 }, (_, j) => text.slice(j % 26, (j % 26) + 100 + j));
}

function step(value: number): number {
  let x = value;
  x ^= x << 13;
  x ^= x >>> 17;
  return x ^ (x << 5);
}

export function eventAt(i: number, keys: number): PipelineEvent {
  const a = step(Math.imul(i + 1, GOLDEN_RATIO));
  const b = step(a);
  const c = step(b);
  const d = step(c);
  return {
    id: i,
    key: `k${(a >>> 0) % keys}`,
    amount: ((b >>> 0) % 40_000) * 0.25,
    country: COUNTRIES[c & 7]!,
    merchant: (c >>> 3) % 5000,
    flag: c < 0,
    note: NOTES[(d >>> 0) % 101]!,
    ts: T0 + i,
  };
}
