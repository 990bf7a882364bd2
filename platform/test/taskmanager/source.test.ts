/** What becomes of records on their way in: bad, late, far in the future, silent splits, odd values. */
import assert from 'node:assert/strict';
import { json } from '@tidegate/connectors/formats';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { planned, runOn, type Given, type Ran } from './harness.js';

const HOUR = 3_600_000;
const jsonFormat = json.createFormat!({} as never, { maxRecordBytes: 1 << 20, baseDir: '.' });

function application(ingress: string, rules = '  all: { from: in, to: out }', more = ''): string {
  return `
name: source
ingresses:
  in:
    file: in.jsonl
${ingress}
${more}
egresses:
  out: { file: out.jsonl }
  bad: { file: bad.jsonl }
  late: { file: late.jsonl }
rules:
${rules}
`;
}

const TYPED = `
    schema: { n: int, ts: timestamp }
    time: { field: ts, maxOutOfOrderness: 10ms, late: late }
    onBadRecord: { to: bad }`;

const count = (ran: Ran, name: string): number => ran.metrics.counter('ingresses.in', name).value;
const run = (text: string, given: Given): Promise<Ran> => runOn(planned(text), given);
/** The field `n` of what an egress received: events, or a filter's alerts on them. */
const numbers = (ran: Ran, egress: string): unknown[] =>
  ran.received[egress]!.map((record) => ((record['event'] ?? record) as { n: unknown }).n);

describe('bad records', () => {
  const payloads = [
    '{"n":1,"ts":1}',
    '{"n":',
    '[1]',
    '{"ts":2}',
    '{"n":"x","ts":3}',
    '{"n":2}',
    '{"n":3,"ts":"when"}',
    '{"n":4,"ts":4}',
  ];

  it('F72: go to the dead-letter egress with their position and the reason, and the rest is read', async () => {
    const ran = await run(application(TYPED), { inputs: { in: { 'f.jsonl': payloads } }, format: jsonFormat });
    assert.deepEqual(numbers(ran, 'out'), [1, 4]);
    assert.deepEqual(
      ran.received['bad']!.map(({ where, split, offset, reason, raw }) => [
        where,
        split,
        offset,
        String(reason).split(':')[0],
        raw,
      ]),
      [
        ['ingresses.in', 'f.jsonl', 1, 'not valid JSON', payloads[1]],
        ['ingresses.in', 'f.jsonl', 2, 'not a JSON object', payloads[2]],
        ['ingresses.in', 'f.jsonl', 3, 'field n is missing (int)', payloads[3]],
        ['ingresses.in', 'f.jsonl', 4, 'field n is not int', payloads[4]],
        ['ingresses.in', 'f.jsonl', 5, 'field ts is missing (timestamp)', payloads[5]],
        ['ingresses.in', 'f.jsonl', 6, 'field ts is not of the form ISO 8601', payloads[6]],
      ],
    );
    assert.equal(count(ran, 'bad'), 6);
  });

  it('are counted and dropped with onBadRecord: skip', async () => {
    const ran = await run(application(TYPED.replace('{ to: bad }', 'skip')), {
      inputs: { in: { f: payloads } },
      format: jsonFormat,
    });
    assert.deepEqual([numbers(ran, 'out'), count(ran, 'bad')], [[1, 4], 6]);
  });

  it('fail the job with their place with onBadRecord: fail, and everything is closed', async () => {
    const ran = await run(application(TYPED.replace('{ to: bad }', 'fail')), {
      inputs: { in: { f: payloads } },
      format: jsonFormat,
      parallelism: 2,
    });
    assert.equal(ran.outcome.state, 'failed');
    assert.match(
      ran.outcome.state === 'failed' ? ran.outcome.cause.message : '',
      /^ingresses\.in: bad record in f at offset 1: /,
    );
    assert.deepEqual([...ran.closed].sort(), ['in', 'in', 'late', 'out']);
  });

  it('have a raw text that is cut to a bounded length', async () => {
    const ran = await run(application(TYPED), { inputs: { in: { f: ['x'.repeat(100_000)] } }, format: jsonFormat });
    assert.ok(String(ran.received['bad']![0]?.['raw']).length < 5000);
  });
});

describe('event time at the source', () => {
  const at = (n: number, ts: number): unknown => ({ n, ts });

  it('sends late events to their egress, and counts them; a filter sees them', async () => {
    const ran = await run(application(TYPED), {
      inputs: { in: { f: [at(1, 100), at(2, 89), at(3, 90), at(4, 200), at(5, 100)] } },
    });
    assert.deepEqual([numbers(ran, 'late'), numbers(ran, 'out'), count(ran, 'late')], [[2, 5], [1, 2, 3, 4, 5], 2]);
  });

  it('judges lateness by the split, whatever the batches', async () => {
    for (const batch of [1, 2, 100]) {
      const ran = await run(application(TYPED), {
        inputs: { in: { f: [at(1, 100), at(2, 50)], g: [at(3, 50), at(4, 60)] } },
        batch,
      });
      assert.deepEqual(numbers(ran, 'late'), [2], `batches of ${batch}`);
    }
  });

  it('keeps late events from a filter whose alerts a pattern reads, as they would be late there by chance', async () => {
    const rules = `  all: { from: in, to: out }
  twice: { from: all, pattern: { within: 1d, steps: [{ begin: a }, { followedBy: b }] }, to: out }`;
    for (const batch of [1, 100]) {
      const ran = await run(application(TYPED, rules), {
        inputs: { in: { f: [at(1, 100), at(2, 50), at(3, 110)] } },
        batch,
      });
      assert.deepEqual(
        ran.received['out']!.map(({ rule }) => rule).sort(),
        ['all', 'all', 'twice'],
        `batches of ${batch}`,
      );
    }
  });

  it('F42: a time in the year 9999 is a bad record with maxFuture, and what follows is not late', async () => {
    const text = application(TYPED.replace('maxOutOfOrderness: 10ms', 'maxOutOfOrderness: 10ms, maxFuture: 1h'));
    const clock = new VirtualClock(1_000_000);
    const ran = await run(text, {
      inputs: { in: { f: [at(1, 1000), at(2, Date.UTC(9999, 0)), at(3, 1_000_000 + HOUR), at(4, 1_000_001 + HOUR)] } },
      clock,
    });
    assert.deepEqual([numbers(ran, 'out'), count(ran, 'late'), count(ran, 'bad')], [[1, 3], 0, 2]);
  });

  it('reads a nested time field with a format once, not twice', async () => {
    const text = application(`
    schema: { n: int, at: { sec: timestamp } }
    time: { field: at.sec, format: epoch-seconds }
    onBadRecord: { to: bad }`);
    const ran = await run(text, { inputs: { in: { f: [{ n: 1, at: { sec: 7 } }] } } });
    assert.deepEqual(
      ran.received['out']!.map(({ time }) => time),
      ['1970-01-01T00:00:07Z'],
    );
  });

  it('holds a time field against its declared type too', async () => {
    const text = application(`
    schema: { n: int, sec: int }
    time: { field: sec, format: epoch-seconds }
    onBadRecord: { to: bad }`);
    const ran = await run(text, {
      inputs: {
        in: {
          f: [
            { n: 1, sec: 7 },
            { n: 2, sec: '8' },
          ],
        },
      },
    });
    assert.deepEqual([numbers(ran, 'out'), ran.received['bad']!.length], [[1], 1]);
  });

  it('makes nothing late when the clock of ingestion time is put back', async () => {
    let time = 1000;
    const clock = new VirtualClock();
    clock.now = () => (time -= 100);
    const ran = await run(application('    time: ingestion'), {
      inputs: { in: { f: [{ n: 1 }, { n: 2 }] } },
      batch: 1,
      clock,
    });
    assert.deepEqual([numbers(ran, 'out'), count(ran, 'late')], [[1, 2], 0]);
  });

  it('goes on with the clock of ingestion time when nothing comes, so that an absence is noticed', async () => {
    const rules =
      '  alone: { from: in, pattern: { within: 10s, steps: [{ begin: a }, { notFollowedBy: b }] }, to: out }';
    const clock = new VirtualClock(1000);
    let seen = 0;
    const ran = await run(application('    time: ingestion', rules), {
      inputs: { in: { f: [{ n: 1 }] } },
      unbounded: ['in'],
      clock,
      quiet(job) {
        if (clock.now() < 60_000) clock.advanceTo(clock.now() + 5000);
        else {
          seen = job.metrics.counter('rules.alone', 'alerts').value;
          job.stop();
        }
        return true;
      },
    });
    assert.deepEqual([ran.outcome.state, seen], ['stopped', 1]);
  });
});

describe('silent splits', () => {
  const IDLE = `
    schema: { n: int, ts: timestamp }
    time: { field: ts, idleTimeout: 30s }`;
  const rules = '  pair: { from: in, pattern: { within: 1h, steps: [{ begin: a }, { followedBy: b }] }, to: out }';
  const events = [
    { n: 1, ts: 1000 },
    { n: 2, ts: 2000 },
    { n: 3, ts: 3000 },
  ];

  /** Alerts when the job has been quiet for `idleMs` of processing time. */
  async function alertsAfter(idleMs: number, splits: Given['inputs'][string], parallelism: number): Promise<number> {
    const clock = new VirtualClock();
    let alerts = 0;
    let turns = 0;
    await run(application(IDLE, rules), {
      inputs: { in: splits },
      unbounded: ['in'],
      parallelism,
      clock,
      quiet(job) {
        if (turns === 0) clock.advanceTo(idleMs);
        alerts = job.metrics.counter('rules.pair', 'alerts').value;
        if (++turns > 5) job.stop();
        return true;
      },
    });
    return alerts;
  }

  for (const parallelism of [1, 2, 4]) {
    it(`F39: hold back time until the idle timeout, at parallelism ${parallelism}`, async () => {
      assert.equal(await alertsAfter(29_999, { busy: events, silent: [] }, parallelism), 0);
      // All splits have fallen silent: time is the latest that one has reached, and the event at that time is still open.
      assert.equal(await alertsAfter(30_000, { busy: events, silent: [] }, parallelism), 1);
    });
  }

  it('F41: a subtask without a split, and an ingress that has ended, are not taken for the end of time', async () => {
    const text = application(
      IDLE,
      rules.replace('from: in', 'from: [in, ended]'),
      `
  ended:
    file: e.jsonl
    schema: { n: int, ts: timestamp }
    time: { field: ts }`,
    );
    const clock = new VirtualClock();
    let turns = 0;
    const late: number[] = [];
    await run(text, {
      inputs: { in: { busy: events }, ended: { e: [{ n: 9, ts: 500 }] } },
      unbounded: ['in'],
      parallelism: 4,
      clock,
      quiet(job) {
        clock.advanceTo(clock.now() + 31_000);
        if (++turns === 5) {
          late.push(job.metrics.counter('rules.pair', 'alerts').value);
          job.stop();
        }
        return true;
      },
    });
    assert.deepEqual(late, [2], 'the events at 500, 1000 and 2000 are decided, that at 3000 is open');
  });
});

describe('splits that are found while the job runs', () => {
  const IDLE = `
    schema: { n: int, ts: timestamp }
    time: { field: ts, idleTimeout: 30s }`;
  const rules = '  pair: { from: in, pattern: { within: 1h, steps: [{ begin: a }, { followedBy: b }] }, to: out }';
  const events = [
    { n: 1, ts: 1000 },
    { n: 2, ts: 2000 },
    { n: 3, ts: 3000 },
  ];

  interface Story {
    /** What is done at which time of the clock, in ms. */
    readonly at: ReadonlyMap<number, (inputs: Record<string, readonly unknown[]>) => void>;
    readonly end: number;
    readonly parallelism: number;
  }

  /** Splits are looked for every second; the clock goes on by a second whenever the job is quiet. */
  async function runStory({ at, end, parallelism }: Story): Promise<Ran & { readonly alertsAt: readonly number[] }> {
    const clock = new VirtualClock();
    const inputs: Record<string, readonly unknown[]> = { first: [] };
    const alertsAt: number[] = [];
    let turns = 0;
    const ran = await run(application(IDLE, rules), {
      inputs: { in: inputs },
      unbounded: ['in'],
      discoveryInterval: 1000,
      parallelism,
      clock,
      quiet(job) {
        // What a turn of the clock brings about takes a few turns of the loop.
        if (++turns % 8 !== 0) return true;
        alertsAt[clock.now() / 1000] = job.metrics.counter('rules.pair', 'alerts').value;
        if (clock.now() >= end) job.stop();
        at.get(clock.now())?.(inputs);
        clock.advanceTo(clock.now() + 1000);
        return true;
      },
    });
    return { ...ran, alertsAt };
  }

  for (const parallelism of [1, 2, 4]) {
    it(`are read once, at parallelism ${parallelism}`, async () => {
      const at = new Map([
        [3000, (inputs: Record<string, readonly unknown[]>) => void (inputs['second'] = events.slice(0, 2))],
        [6000, (inputs: Record<string, readonly unknown[]>) => void (inputs['a third'] = events.slice(2))],
      ]);
      const ran = await runStory({ at, end: 12_000, parallelism });
      assert.equal(count(ran, 'records'), 3);
    });

    it(`F39: hold back time until they have records or the idle timeout, at parallelism ${parallelism}`, async () => {
      const at = new Map([
        [1000, (inputs: Record<string, readonly unknown[]>) => void (inputs['busy'] = events)],
        [25_000, (inputs: Record<string, readonly unknown[]>) => void (inputs['silent'] = [])],
      ]);
      const { alertsAt } = await runStory({ at, end: 70_000, parallelism });
      // The first split is silent from the beginning, `busy` from 2 s on, and `silent` from when it is found at 26 s.
      assert.deepEqual([alertsAt[25], alertsAt[54], alertsAt[58]], [0, 0, 1]);
    });
  }

  it('F40: with times long past do not put time back: what comes too late for the rules is counted', async () => {
    const at = new Map([
      [1000, (inputs: Record<string, readonly unknown[]>) => void (inputs['busy'] = events)],
      [40_000, (inputs: Record<string, readonly unknown[]>) => void (inputs['old'] = events.slice(0, 1))],
    ]);
    const ran = await runStory({ at, end: 45_000, parallelism: 1 });
    assert.deepEqual([count(ran, 'records'), ran.alertsAt[39], ran.alertsAt[45]], [4, 1, 1]);
    const late = [...ran.metrics.entries()].filter(([scope, name]) => scope.startsWith('patterns.') && name === 'late');
    assert.deepEqual(
      late.map(([, , value]) => value),
      [1],
    );
  });

  it('F41: a subtask without a split waits for one, and does not hold back time', async () => {
    const at = new Map([[33_000, (inputs: Record<string, readonly unknown[]>) => void (inputs['second'] = events)]]);
    const { alertsAt } = await runStory({ at, end: 40_000, parallelism: 4 });
    assert.deepEqual([alertsAt[33], alertsAt[36]], [0, 1]);
  });
});
