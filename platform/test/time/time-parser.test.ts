import assert from 'node:assert/strict';
import type { TimeFormat } from '../../src/job/stream-graph.js';
import { formatTime, timeParser } from '../../src/time/time-parser.js';

describe('times of ingresses', () => {
  const READ: readonly [format: TimeFormat | undefined, zone: string | undefined, value: unknown, millis: number][] = [
    ['epoch-millis', undefined, 1517966773840, 1517966773840],
    ['epoch-millis', undefined, '1517966773840', 1517966773840],
    ['epoch-seconds', undefined, 1517966773.84, 1517966773840],
    ['epoch-micros', undefined, 1517966773840123, 1517966773840],
    ['epoch-micros', undefined, 1517966773840123n, 1517966773840],
    ['epoch-millis', undefined, -1, -1],
    ['iso-8601', undefined, '2018-02-07T01:26:13.840Z', 1517966773840],
    ['iso-8601', undefined, '2018-02-07 01:26:13Z', 1517966773000],
    ['iso-8601', undefined, '2018-02-07T02:26:13+01:00', 1517966773000],
    ['iso-8601', 'Europe/Berlin', '2018-02-07T02:26:13', 1517966773000],
    ['iso-8601', 'Europe/Berlin', '2018-07-07T02:26:13', Date.UTC(2018, 6, 7, 0, 26, 13)],
    ['iso-8601', 'UTC', '2018-02-07', Date.UTC(2018, 1, 7)],
    [{ pattern: 'yyyy/MM/dd HH:mm' }, 'UTC', '2001/01/01 00:47', Date.UTC(2001, 0, 1, 0, 47)],
    [{ pattern: 'yyyy/MM/dd HH:mm' }, 'America/New_York', '2001/07/01 00:47', Date.UTC(2001, 6, 1, 4, 47)],
    [
      { pattern: 'dd/LLL/yyyy:HH:mm:ss ZZZ' },
      undefined,
      '10/Oct/2000:13:55:36 -0700',
      Date.UTC(2000, 9, 10, 20, 55, 36),
    ],
    [undefined, undefined, 12, 12],
    [undefined, undefined, '1970-01-01T00:00:01Z', 1000],
  ];
  for (const [format, zone, value, millis] of READ) {
    it(`read ${String(value)} as ${JSON.stringify(format) ?? 'the schema says'} in ${zone ?? 'no zone'}`, () => {
      assert.equal(timeParser(format, zone)(value), millis);
    });
  }

  const REFUSED: readonly [format: TimeFormat | undefined, value: unknown, reason: RegExp][] = [
    ['epoch-millis', 'yesterday', /not a number/],
    ['epoch-millis', Number.POSITIVE_INFINITY, /cannot|represented/],
    ['epoch-seconds', 1e300, /represented/],
    ['epoch-millis', null, /not a number/],
    ['iso-8601', '2018-02-07T01:26:13', /no time zone/],
    ['iso-8601', '2018-13-07T01:26:13Z', /form|ISO/],
    ['iso-8601', 5, /not a text/],
    [{ pattern: 'yyyy/MM/dd HH:mm' }, '2001-01-01', /yyyy\/MM\/dd HH:mm/],
    [{ pattern: 'yyyy/MM/dd HH:mm' }, '2001/02/30 00:00', /form/],
  ];
  for (const [format, value, reason] of REFUSED) {
    it(`refuse ${String(value)} as ${JSON.stringify(format)}, saying why`, () => {
      assert.match(String(timeParser(format, undefined)(value)), reason);
    });
  }

  it('are written in the form in which they are read', () => {
    const millis = Date.UTC(2024, 1, 29, 12, 30);
    for (const format of [
      'epoch-millis',
      'epoch-seconds',
      'epoch-micros',
      'iso-8601',
      { pattern: 'yyyy/MM/dd HH:mm' },
    ] as const) {
      assert.equal(timeParser(format, 'UTC')(formatTime(millis, format, 'UTC')), millis);
    }
  });
});
