import assert from 'node:assert/strict';
import { generator } from '../../src/generator/index.js';
import { json } from '../../src/formats/index.js';
import { configured } from '../support/configured.js';
import { createContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';
import { open, readAll } from '../support/reading.js';

type Row = Record<string, unknown>;
const field = (kind: string, value: unknown, others: Row = {}): Row => ({ ...others, variant: { kind, value } });

describe('the source generator', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  const context = createContext();
  after(() => context.remove());
  const source = (options: Row) => {
    assert.ok(generator.source);
    return generator.source.createSource(configured(generator.source.options, options), createFormat(json), context);
  };
  const rows = async (fields: Row, options: Row = { count: 1000 }): Promise<Row[]> =>
    (await readAll(source({ ...options, fields }), context)).map(({ payload }) => payload as Row);

  it('makes each field as it is declared', async () => {
    const made = await rows(
      {
        constant: field('constant', { any: ['value'] }),
        sequence: field('sequence', { start: 5, step: -2 }),
        timestamp: field('timestamp', { start: '2024-01-01T00:00:00Z', step: 10_000, jitter: 0 }),
      },
      { count: 3 },
    );
    const start = Date.UTC(2024, 0, 1);
    assert.deepEqual(
      made,
      [5, 3, 1].map((sequence, index) => ({
        constant: { any: ['value'] },
        sequence,
        timestamp: start + index * 10_000,
      })),
    );
  });

  it('spreads chance as it is declared', async () => {
    const made = await rows(
      {
        choice: field('choice', ['often', 'seldom', 'never'], { weights: [9, 1, 0] }),
        uniform: field('uniform', { min: -1, max: 2, decimals: 1 }),
        normal: field('normal', { mean: 100, stddev: 10, decimals: 3 }),
      },
      { count: 20_000 },
    );
    const share = (of: string): number => made.filter(({ choice }) => choice === of).length / made.length;
    assert.ok(Math.abs(share('often') - 0.9) < 0.02 && share('never') === 0);
    const uniform = new Set(made.map((row) => row['uniform']));
    assert.deepEqual(
      [...uniform].map(Number).sort((a, b) => a - b),
      Array.from({ length: 31 }, (_, index) => (index - 10) / 10),
    );
    const normal = made.map((row) => Number(row['normal']));
    const mean = normal.reduce((sum, value) => sum + value, 0) / normal.length;
    const deviation = Math.sqrt(normal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / normal.length);
    assert.ok(Math.abs(mean - 100) < 0.5 && Math.abs(deviation - 10) < 0.3, `${mean} ± ${deviation}`);
  });

  it('keeps jitter within its bound', async () => {
    const made = await rows({ ts: field('timestamp', { start: '1970-01-01T00:00:00Z', step: 100, jitter: 50 }) });
    const late = made.map(({ ts }, index) => Number(ts) - index * 100);
    assert.deepEqual([Math.min(...late), Math.max(...late)], [0, 50]);
  });

  it('gives the same for the same seed, other records for another', async () => {
    const fields = { a: field('uniform', { min: 0, max: 1e9, decimals: 0 }) };
    const [one, same, other] = await Promise.all([rows(fields), rows(fields), rows(fields, { count: 1000, seed: 2 })]);
    assert.deepEqual(one, same);
    assert.notDeepEqual(one, other);
  });

  it('makes two fields of one kind differ', async () => {
    const made = await rows({
      a: field('uniform', { min: 0, max: 1e9, decimals: 0 }),
      b: field('uniform', { min: 0, max: 1e9, decimals: 0 }),
    });
    assert.ok(made.every(({ a, b }) => a !== b));
  });

  it('gives no more than its rate, by the clock of the host', async () => {
    let now = 0;
    const slow = {
      ...context,
      now: () => now,
      schedule: (ms: number, callback: () => void) => {
        now += ms;
        queueMicrotask(callback);
        return () => undefined;
      },
    };
    assert.ok(generator.source);
    const limited = generator.source.createSource(
      configured(generator.source.options, {
        count: 101,
        rate: 100,
        fields: { a: field('sequence', { start: 0, step: 1 }) },
      }),
      createFormat(json),
      slow,
    );
    assert.equal((await readAll(limited, context)).length, 101);
    assert.ok(now >= 1000 && now < 1100, `${now} ms`);
  });

  it('never ends without a count', async () => {
    const endless = source({ fields: { a: field('sequence', { start: 0, step: 1 }) } });
    assert.equal(endless.boundedness, 'unbounded');
    const polls = await open(endless, context);
    assert.ok((await polls.records(50_000)).length >= 50_000);
    await polls.reader.close();
  });

  it('F77: makes a field called __proto__', async () => {
    const [row] = await rows(Object.fromEntries([['__proto__', field('constant', 1)]]), { count: 1 });
    assert.ok(row !== undefined && Object.hasOwn(row, '__proto__'));
  });

  const refused: [what: string, made: Row, message: RegExp][] = [
    [
      'weights of another number',
      field('choice', ['a', 'b'], { weights: [1] }),
      /field a: 2 values need as many weights/,
    ],
    ['weights without a choice', field('constant', 1, { weights: [1] }), /field a: weights belong to choice/],
    ['no values', field('choice', []), /field a: 0 values/],
    ['a range that is empty', field('uniform', { min: 2, max: 1, decimals: 0 }), /field a: max 1 is less than min 2/],
    [
      'a start that is no time',
      field('timestamp', { start: 'soon', step: 1, jitter: 0 }),
      /field a: start soon is no time/,
    ],
  ];
  for (const [what, made, message] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => source({ fields: { a: made } }), message));
  }
});
