/**
 * `npm run -s bench:cel`: typed expressions, compiled, against the same JavaScript written by hand. One JSON line an
 * expression: evaluations a second of both (medians of interleaved rounds) and their ratio.
 */
import { checkExpression } from '../src/expression/check.js';
import { compileCondition } from '../src/expression/compile.js';
import type { Condition, EvaluationRecord } from '../src/expression/evaluation.js';
import type { RecordType } from '../src/expression/type.js';

/** A type, not an interface: it must fit the record's index signature. */
type Payment = {
  readonly amount: number;
  readonly country: string;
  readonly status: string;
  readonly merchant: string;
  readonly count: number;
  readonly device: { readonly os: string; readonly score: number };
};

type PaymentRecord = EvaluationRecord & { readonly value: Payment };

interface Case {
  readonly expression: string;
  /** Takes the record, as the compiled condition does. */
  readonly byHand: (event: PaymentRecord) => boolean;
}

const EVENT: RecordType = {
  kind: 'record',
  open: false,
  fields: {
    amount: { type: { kind: 'double' } },
    country: { type: { kind: 'string' } },
    status: { type: { kind: 'string' } },
    merchant: { type: { kind: 'string' } },
    count: { type: { kind: 'int' } },
    device: {
      type: {
        kind: 'record',
        open: false,
        fields: { os: { type: { kind: 'string' } }, score: { type: { kind: 'double' } } },
      },
    },
  },
};

const COUNTRIES = ['DE', 'FR', 'GB', 'US', 'NL', 'PL', 'IT', 'ES'];
const ALLOWED = new Set(['NL', 'DE', 'FR']);

const CASES: readonly Case[] = [
  { expression: 'amount > 500', byHand: ({ value: p }) => p.amount > 500 },
  { expression: 'amount * 2 > 500', byHand: ({ value: p }) => p.amount * 2 > 500 },
  { expression: 'amount > 500 && country == "NL"', byHand: ({ value: p }) => p.amount > 500 && p.country === 'NL' },
  {
    expression: 'status == "approved" && (amount < 5 || amount > 500)',
    byHand: ({ value: p }) => p.status === 'approved' && (p.amount < 5 || p.amount > 500),
  },
  { expression: '!(country in ["NL", "DE", "FR"])', byHand: ({ value: p }) => !ALLOWED.has(p.country) },
  { expression: 'count % 7 == 3', byHand: ({ value: p }) => p.count % 7 === 3 },
  { expression: 'count + 3 > 12', byHand: ({ value: p }) => p.count + 3 > 12 },
  { expression: 'device.score / amount > 0.5', byHand: ({ value: p }) => p.device.score / p.amount > 0.5 },
  {
    expression: 'merchant.startsWith("m1") && device.os != "ios"',
    byHand: ({ value: p }) => p.merchant.startsWith('m1') && p.device.os !== 'ios',
  },
  {
    expression: 'has(country) ? amount > 100 : amount > 50',
    byHand: ({ value: p }) => (p.country !== undefined ? p.amount > 100 : p.amount > 50),
  },
];

const EVENTS = 4_096;
const ROUND_MS = 25;
const ROUNDS = 15;

function makeEvents(): PaymentRecord[] {
  let state = 12345;
  const next = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return Array.from({ length: EVENTS }, (_, at) => {
    const value: Payment = {
      amount: next(4000) * 0.25,
      country: COUNTRIES[next(8)] ?? 'NL',
      status: next(10) > 0 ? 'approved' : 'declined',
      merchant: `m${next(5000)}`,
      count: next(20),
      device: { os: next(2) === 0 ? 'ios' : 'android', score: next(1000) },
    };
    return { value, timestamp: at, source: 'payments' };
  });
}

/** Evaluations a second over one round; `sink` keeps the results from being optimised away. */
function round(
  events: readonly PaymentRecord[],
  test: (event: PaymentRecord) => boolean,
  sink: { count: number },
): number {
  const start = performance.now();
  let evaluations = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    for (const event of events) if (test(event)) sink.count++;
    evaluations += events.length;
    elapsed = performance.now() - start;
  }
  return (evaluations / elapsed) * 1000;
}

/** A loop of its own for every tested function: a shared one would be the same slow, generic code for both. */
function loopFor(): typeof round {
  return new Function('ROUND_MS', `return ${round.toString()}`)(ROUND_MS) as typeof round;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function compiled(expression: string): Condition {
  const checked = checkExpression(expression, { event: EVENT }, 'bool');
  if (!checked.ok) throw new Error(`${expression}: ${checked.problems[0]?.message}`);
  return compileCondition(checked.tree);
}

function measure({ expression, byHand }: Case, events: readonly PaymentRecord[]): void {
  const condition = compiled(expression);
  const disagreeing = events.find((event) => condition(event) !== byHand(event));
  if (disagreeing !== undefined) throw new Error(`${expression} differs for ${JSON.stringify(disagreeing.value)}`);
  const [ourLoop, handLoop] = [loopFor(), loopFor()];
  const sink = { count: 0 };
  const ours: number[] = [];
  const hands: number[] = [];
  for (let at = 0; at < ROUNDS; at++) {
    ours.push(ourLoop(events, condition, sink));
    hands.push(handLoop(events, byHand, sink));
  }
  // Pairs of neighbouring rounds: the machine is as busy for one as for the other.
  const ratio = median(ours.map((rate, at) => rate / (hands[at] ?? NaN)));
  const line = {
    expression,
    perSecond: Math.round(median(ours)),
    handPerSecond: Math.round(median(hands)),
    ratio: Math.round(ratio * 100) / 100,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const events = makeEvents();
for (const one of CASES) measure(one, events);
