/** `renamedFrom`: names are identities, and an identity may get another name. */
import assert from 'node:assert/strict';
import { compareEdit, edited, linesOf, planOf, SAVED, type Edit } from './edit.js';

const RULE: Edit = [['  testing:\n', '  probing:\n    renamedFrom: testing\n']];
const STEP: Edit = [
  ['begin: probe\n', 'begin: small\n          renamedFrom: probe\n'],
  ['last(probe)', 'last(small)'],
  ['size(probe)', 'size(small)'],
];
const INGRESS: Edit = [
  ['  payments:\n    file', '  purchases:\n    renamedFrom: payments\n    file'],
  ['from: payments', 'from: purchases'],
];
const READ_RULE: Edit = [
  ['  large:\n', '  big:\n    renamedFrom: large\n'],
  ['from: large', 'from: big'],
];

describe('renamedFrom', () => {
  const cases: readonly (readonly [what: string, edit: Edit, lines: readonly string[]])[] = [
    ['a rule', RULE, ['rules.probing kept: goes on as what was "testing"']],
    ['a step', STEP, []],
    ['an ingress', INGRESS, ['ingresses.purchases kept: goes on as what was "payments"']],
    ['a rule that another one reads', READ_RULE, []],
  ];
  for (const [what, edit, lines] of cases) {
    it(`keeps the state of ${what}`, () => {
      const compatibility = compareEdit(edit);
      assert.deepEqual(linesOf(compatibility), lines);
      assert.equal(compatibility.restore.matches.size, 3);
      assert.equal(compatibility.restore.suppressions.size, 1);
    });
  }

  it('leads from the names in the saved state to those of now', () => {
    const { nodes, matches } = compareEdit([...RULE, ...STEP, ...INGRESS]).restore;
    assert.equal(nodes.get('ingresses.payments'), 'ingresses.purchases');
    assert.equal(nodes.get('rules.testing'), 'rules.probing');
    const kept = matches.get('probing');
    assert.equal(kept?.rule, 'testing');
    assert.deepEqual(
      [...(kept?.stages ?? [])],
      [
        ['probe', 'small'],
        ['pause', 'pause'],
        ['cashout', 'cashout'],
      ],
    );
  });

  it('leads from a shared node, whose id is made of the names of its inputs, to its new id', () => {
    const idIn = (text: string) =>
      planOf(text).operators.find((node) => node.kind === 'pattern' && node.inputs[0]?.key[0]?.text === 'card')?.id ??
      '';
    const { nodes } = compareEdit(INGRESS).restore;
    const [saved, now] = [idIn(SAVED), idIn(edited(INGRESS))];
    assert.notEqual(saved, now);
    assert.equal(nodes.get(saved), now);
  });

  it('may stay in the file when it has done its work', () => {
    assert.deepEqual(linesOf(compareEdit([], edited([...RULE, ...STEP, ...INGRESS]))), []);
  });

  it('changes references to the step alone, not fields and texts that are spelt like it', () => {
    const saved = edited([
      ['note: string?', 'note: string?, stage: string'],
      ['amount == 0', 'stage == "probe"'],
    ]);
    const { restore } = compareEdit(STEP, saved);
    assert.equal(restore.matches.get('testing')?.next, undefined);
    assert.equal(restore.matches.get('testing')?.stages.size, 3);
  });

  it('does not hide that the step means something else too', () => {
    const { restore } = compareEdit([...STEP, ['amount < 5', 'amount < 6']]);
    assert.equal(restore.matches.has('testing'), false);
  });

  it('does not make a step of another that took over the old name of a third', () => {
    const { restore } = compareEdit([['begin: one }, { next: two', 'begin: two, renamedFrom: zero }, { next: one']]);
    assert.equal(restore.matches.has('twice'), false);
  });
});
