import assert from 'node:assert/strict';
import { nearestName } from '../../src/common/nearest-name.js';
import { EvaluationError, parseTemplate, renderValue, toJson } from '../../src/expression/index.js';
import type { ValueType } from '../../src/expression/index.js';
import { formatDurationMs, parseDurationText, parseTimestampText } from '../../src/expression/time-text.js';

describe('a message template', () => {
  const table: readonly (readonly [string, ReturnType<typeof parseTemplate>['parts']])[] = [
    ['', []],
    ['no expression', ['no expression']],
    ['Card {{ card }}: {{n}}!', ['Card ', { text: 'card', start: 8 }, ': ', { text: 'n', start: 19 }, '!']],
    [
      '{{ a }}{{ b }}',
      [
        { text: 'a', start: 3 },
        { text: 'b', start: 10 },
      ],
    ],
    ['{{ "}}" + a }}', [{ text: '"}}" + a', start: 3 }]],
    ['{ a } }}', ['{ a } }}']],
    ['{{ {"a": 1}["a"] }}', [{ text: '{"a": 1}["a"]', start: 3 }]],
  ];
  for (const [template, parts] of table) {
    it(`${JSON.stringify(template)} has ${parts.length} parts`, () => {
      assert.deepEqual(parseTemplate(template), { parts, problems: [] });
    });
  }

  it('that is not closed, or has an empty expression, is a problem at its place', () => {
    assert.deepEqual(
      parseTemplate('a {{ b').problems.map(({ code, start }) => [code, start]),
      [['TG200', 2]],
    );
    assert.deepEqual(
      parseTemplate('a {{ }} b').problems.map(({ code, start, end }) => [code, start, end]),
      [['TG216', 2, 7]],
    );
  });
});

describe('a value', () => {
  const dyn: ValueType = { kind: 'dyn' };
  const table: readonly (readonly [value: unknown, type: ValueType, text: string, json: unknown])[] = [
    [12.5, dyn, '12.5', 12.5],
    [2n ** 60n, { kind: 'int' }, '1152921504606846976', 2n ** 60n],
    ['a', dyn, 'a', 'a'],
    [null, dyn, 'null', null],
    [NaN, dyn, 'NaN', 'NaN'],
    [0, { kind: 'timestamp' }, '1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    [1769860815250, { kind: 'timestamp' }, '2026-01-31T12:00:15.250Z', '2026-01-31T12:00:15.250Z'],
    [1e20, { kind: 'timestamp' }, '100000000000000000000 ms since 1970', '100000000000000000000 ms since 1970'],
    [270_000, { kind: 'duration' }, '4m30s', '270s'],
    [250, { kind: 'duration' }, '250ms', '0.25s'],
    [-90_061_001, { kind: 'duration' }, '-1d1h1m1s1ms', '-90061.001s'],
    [Uint8Array.of(1, 2), { kind: 'bytes' }, 'AQI=', 'AQI='],
    [[0, 60_000], { kind: 'list', element: { kind: 'duration' } }, '["0s","60s"]', ['0s', '60s']],
    [
      { at: 0, n: 1, u: undefined },
      { kind: 'record', open: true, fields: { at: { type: { kind: 'timestamp' } } } },
      '{"at":"1970-01-01T00:00:00Z","n":1}',
      { at: '1970-01-01T00:00:00Z', n: 1 },
    ],
  ];
  for (const [value, type, text, json] of table) {
    it(`of the type ${type.kind} is ${text} in a message`, () => {
      assert.equal(renderValue(value, type), text);
      assert.deepEqual(toJson(value, type), json);
    });
  }

  it('that is absent is a dash in a message, an error its text', () => {
    assert.equal(renderValue(undefined, dyn), '-');
    assert.equal(renderValue(new EvaluationError('overflow', 'too large'), dyn), '<too large>');
  });
});

describe('the text of times', () => {
  it('of a duration reads back as the same duration', () => {
    for (const ms of [0, 1, 999, 1000, 61_001, 86_400_000, 90_061_001, -5_000]) {
      assert.equal(parseDurationText(formatDurationMs(ms), true), BigInt(ms) * 1_000_000n);
    }
  });

  it('of another form is refused', () => {
    for (const text of ['', '5', '5x', '5 m', 'm', '1h-5m', '1e3s', '--5s', '99999999h', '1'.repeat(200)])
      assert.equal(parseDurationText(text, true), undefined, text);
    assert.equal(parseDurationText('7d', false), undefined);
    for (const text of ['2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T24:00:00Z', '2026-01-01T00:00:00', 'now'])
      assert.equal(parseTimestampText(text), undefined, text);
  });
});

describe('the nearest name', () => {
  const names = ['amount', 'country', 'cardId', 'ts'];
  const table: readonly (readonly [string, string | undefined])[] = [
    ['amonut', 'amount'],
    ['amout', 'amount'],
    ['Country', 'country'],
    ['cardID', 'cardId'],
    ['st', 'ts'],
    ['x', undefined],
    ['merchant', undefined],
    ['amount', undefined],
  ];
  for (const [name, nearest] of table) {
    it(`of ${name} is ${nearest ?? 'none'}`, () => {
      assert.equal(nearestName(name, names), nearest);
    });
  }
});
