/** Schedules: when they fire, in their zones, and that each time counts once whatever happens in between. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SourceReader, SourceSplit } from '../../src/api/index.js';
import { cron } from '../../src/cron/index.js';
import { Schedule } from '../../src/cron/schedule.js';
import { json } from '../../src/formats/index.js';
import { configured } from '../support/configured.js';
import { createFormat } from '../support/formats.js';
import { ManualHost } from './manual-host.js';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 0, 1, 12);
const iso = (ms: number): string => new Date(ms).toISOString().replace(':00.000Z', '');

function firings(schedule: string, zone: string, from: string, count: number): string[] {
  const read = new Schedule({ schedule, zone, seed: 'nightly' }, NOON);
  const found: string[] = [];
  for (let at = read.atOrAfter(Date.parse(from)); found.length < count; at = read.atOrAfter(at + 1))
    found.push(iso(at));
  return found;
}

describe('a schedule', () => {
  const cases: readonly [what: string, schedule: string, zone: string, from: string, expected: readonly string[]][] = [
    ['fires at the time itself', '0 * * * *', 'UTC', '2026-01-01T12:00Z', ['2026-01-01T12:00', '2026-01-01T13:00']],
    ['is read in its zone', '0 3 * * *', 'Asia/Tokyo', '2026-01-01T00:00Z', ['2026-01-01T18:00', '2026-01-02T18:00']],
    [
      'fires later at a time that the clock leaves out',
      '30 2 * * *',
      'Europe/Amsterdam',
      '2026-03-28T00:00Z',
      ['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30'],
    ],
    [
      'fires once at a time that comes twice',
      '30 2 * * *',
      'Europe/Amsterdam',
      '2026-10-24T00:00Z',
      ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'fires each hour of a day that has one more',
      '15 * * * *',
      'Europe/Amsterdam',
      '2026-10-25T00:00Z',
      ['2026-10-25T00:15', '2026-10-25T01:15', '2026-10-25T02:15'],
    ],
    ['knows short names', '@daily', 'UTC', '2026-01-01T12:00Z', ['2026-01-02T00:00', '2026-01-03T00:00']],
  ];
  for (const [what, schedule, zone, from, expected] of cases)
    it(what, () => assert.deepEqual(firings(schedule, zone, from, expected.length), expected));

  it('has for H what its name decides, the same each time', () => {
    const [first, second] = [
      firings('H H * * *', 'UTC', '2026-01-01T00:00Z', 2),
      firings('H H * * *', 'UTC', '2026-01-01T00:00Z', 2),
    ];
    assert.deepEqual(first, second);
    assert.equal(Date.parse(`${first[1]!}Z`) - Date.parse(`${first[0]!}Z`), 24 * HOUR);
  });

  const refused: readonly [schedule: string, zone: string, message: RegExp][] = [
    ['61 * * * *', 'UTC', /^the schedule "61 \* \* \* \*" cannot be read: .*61 expected range 0-59/],
    ['* * *', 'UTC', /has 3 places; it needs 5, or 6 with seconds$/],
    ['0 0 31 2 *', 'UTC', /cannot be read/],
    ['0 0 * * *', 'Mars/Olympus', /^the zone Mars\/Olympus of a schedule is no IANA time zone$/],
  ];
  for (const [schedule, zone, message] of refused)
    it(`refuses ${schedule} in ${zone}`, () => {
      assert.throws(() => sourceOf(new ManualHost(NOON), { schedule, zone }), { code: 'invalid-option', message });
    });
});

function sourceOf(host: ManualHost, options: Readonly<Record<string, unknown>>) {
  assert.ok(cron.source);
  return cron.source.createSource(configured(cron.source.options, options), createFormat(json), host.context);
}

/** What a reader has, as times; it goes on where it was. */
function taken(reader: SourceReader): number[] {
  const times: number[] = [];
  for (let polled = reader.poll(1_000_000); polled.kind === 'batch'; polled = reader.poll(1_000_000)) {
    const { payloads, offsets, nextOffset } = polled.batch;
    assert.deepEqual(
      payloads.map((payload) => (payload as { at: number }).at),
      offsets,
    );
    assert.equal(nextOffset, offsets.at(-1)! + 1);
    times.push(...offsets);
  }
  return times;
}

describe('the source cron', () => {
  const started = async (
    host: ManualHost,
    options: Readonly<Record<string, unknown>>,
    splits?: readonly SourceSplit[],
  ) => {
    const source = sourceOf(host, options);
    const reader = source.createReader();
    reader.addSplits(splits ?? (await source.createEnumerator([]).discover()));
    return reader;
  };

  it('gives a record with its fields at each time, and none before', async () => {
    const host = new ManualHost(NOON - 1);
    const reader = await started(host, { schedule: '0 * * * *', fields: { shop: 'berlin' } });
    await host.pass(0);
    assert.equal(reader.poll(1).kind, 'empty');
    await host.pass(1);
    const polled = reader.poll(1_000_000);
    assert.ok(polled.kind === 'batch');
    assert.deepEqual(polled.batch.payloads, [{ shop: 'berlin', at: NOON }]);
    await host.pass(3 * HOUR);
    assert.deepEqual(taken(reader), [NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR]);
    await reader.close();
  });

  const missed: readonly [missed: string, expected: readonly number[]][] = [
    ['all', [NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR]],
    ['last', [NOON + 2 * HOUR, NOON + 3 * HOUR]],
    ['skip', [NOON + 3 * HOUR]],
  ];
  for (const [policy, expected] of missed) {
    it(`knows what was missed before it had ever fired, and has ${policy} of it`, async () => {
      const options = { schedule: '0 * * * *', missed: policy };
      const host = new ManualHost(NOON - 1000);
      const first = await started(host, options);
      await host.pass(0);
      const kept = first.snapshot(1);
      await first.close();
      host.nowMs = NOON + 2.5 * HOUR;
      const second = await started(host, options, kept);
      await host.pass(HOUR);
      assert.deepEqual(taken(second), expected);
      await second.close();
    });
  }

  it('counts each time once, wherever it is restored and however long that takes, when all that is missed is made up for', async () => {
    const step = fc.record({ runsMs: fc.nat(20_000), isKept: fc.boolean(), restsMs: fc.nat(30_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        const options = { schedule: '*/3 * * * * *', missed: 'all' };
        const host = new ManualHost(NOON + 500);
        let kept = await sourceOf(host, options).createEnumerator([]).discover();
        let counted: number[] = [];
        for (const { runsMs, isKept, restsMs } of [...steps, { runsMs: 5000, isKept: true, restsMs: 0 }]) {
          const reader = await started(host, options, kept);
          await host.pass(runsMs);
          const times = taken(reader);
          if (isKept) {
            kept = reader.snapshot(1);
            counted = [...counted, ...times];
          }
          await reader.close();
          host.nowMs += restsMs;
        }
        const expected: number[] = [];
        for (let at = NOON + 3000; at <= host.nowMs; at += 3000) expected.push(at);
        assert.deepEqual(counted, expected);
      }),
      { numRuns: 50 },
    );
  });
});
