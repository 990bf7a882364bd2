/** What an egress promises: the strongest that its connector and the checkpoints offer, or what is written. */
import assert from 'node:assert/strict';
import { lines, load, withRule } from '../support.js';

/** The test's `file` offers exactly-once and at-least-once, its `http` at-least-once. */
function application(egress: string, settings: string): string {
  return withRule('from: payments\nto: alerts')
    .replace('alerts: { file: alerts.jsonl }', `alerts: { ${egress} }`)
    .concat(`settings: ${settings}\n`);
}

const FILE = 'file: a.jsonl';
const HTTP = 'http: { url: x }';
const NO_CHECKPOINTS = '{ checkpoint: none }';
const AT_LEAST_ONCE = '{ checkpoint: { mode: at-least-once } }';

describe('The delivery of an egress', () => {
  const defaults: readonly (readonly [egress: string, settings: string, delivery: string])[] = [
    [FILE, '{}', 'exactly-once'],
    [HTTP, '{}', 'at-least-once'],
    [FILE, NO_CHECKPOINTS, 'at-least-once'],
    [FILE, AT_LEAST_ONCE, 'at-least-once'],
    [`${FILE}, delivery: at-least-once`, '{}', 'at-least-once'],
    [`${FILE}, delivery: exactly-once`, '{}', 'exactly-once'],
  ];
  for (const [egress, settings, delivery] of defaults) {
    it(`is ${delivery} for { ${egress} } with settings ${settings}`, () => {
      const { application: loaded, diagnostics } = load(application(egress, settings));
      assert.deepEqual(lines(diagnostics), []);
      assert.equal(loaded?.egresses.get('alerts')?.delivery, delivery);
    });
  }

  const refused: readonly (readonly [egress: string, settings: string, says: RegExp])[] = [
    [`${HTTP}, delivery: exactly-once`, '{}', /^TG113 .*is exactly-once, which http does not offer$/],
    [
      `${FILE}, delivery: exactly-once`,
      NO_CHECKPOINTS,
      /^TG113 .*needs checkpoints, and settings\.checkpoint is none$/,
    ],
    [`${FILE}, delivery: exactly-once`, AT_LEAST_ONCE, /^TG113 .*settings\.checkpoint\.mode cannot keep/],
    [`${FILE}, delivery: exactly-one`, '{}', /^TG113 .*did you mean "exactly-once"\?$/],
  ];
  for (const [egress, settings, says] of refused) {
    it(`is refused: { ${egress} } with settings ${settings}`, () => {
      const found = lines(load(application(egress, settings)).diagnostics);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', says);
    });
  }
});
