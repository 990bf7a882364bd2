/** `renamedFrom`: what was saved under one name has one heir. */
import assert from 'node:assert/strict';
import { lines, load, withRule } from '../support.js';

const USUAL = withRule('from: payments\nkey: a\npattern:\n  steps:\n    - begin: one\n    - next: two\nto: alerts');

function errorsOf(text: string): string[] {
  return lines(load(text).diagnostics).filter((line) => line.startsWith('TG1'));
}

describe('renamedFrom', () => {
  it('is read of ingresses, rules, steps and egresses', () => {
    const { application, diagnostics } = load(
      USUAL.replace('payments: { file: payments.jsonl }', 'payments: { file: p.jsonl, renamedFrom: purchases }')
        .replace('alerts: { file: alerts.jsonl }', 'alerts: { file: alerts.jsonl, renamedFrom: hits }')
        .replace('key: a', 'key: a\n    renamedFrom: old')
        .replace('next: two', 'next: two\n          renamedFrom: zwei'),
    );
    assert.deepEqual(
      lines(diagnostics).filter((line) => !line.startsWith('TG122')),
      [],
    );
    const rule = application?.rules.get('r');
    assert.deepEqual(
      [
        application?.ingresses.get('payments')?.renamedFrom,
        rule?.renamedFrom,
        rule?.pattern?.steps.map((step) => step.renamedFrom),
        application?.egresses.get('alerts')?.renamedFrom,
      ],
      ['purchases', 'old', [undefined, 'zwei'], 'hits'],
    );
  });

  const refused: readonly (readonly [what: string, text: string, says: RegExp])[] = [
    [
      'a name that is still there',
      USUAL.replace('payments: { file: payments.jsonl }', 'payments: { file: p.jsonl, renamedFrom: logins }'),
      /^TG123 .*the ingress "payments" is renamed from "logins", which is still there$/,
    ],
    [
      'its own name',
      USUAL.replace('key: a', 'key: a\n    renamedFrom: r'),
      /^TG123 .*the rule "r" is renamed from "r", which is still there$/,
    ],
    [
      'a name that another thing is renamed from',
      USUAL.replace('begin: one', 'begin: one\n          renamedFrom: x').replace(
        'next: two',
        'next: two\n          renamedFrom: x',
      ),
      /^TG123 .*the stages "one" and "two" are both renamed from "x"$/,
    ],
    ['no name at all', USUAL.replace('key: a', 'key: a\n    renamedFrom: two words'), /^TG113 .*renamedFrom/],
  ];
  for (const [what, text, says] of refused) {
    it(`is refused: ${what}`, () => {
      const found = errorsOf(text);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', says);
    });
  }
});
