/** State without a place is left out only on demand. */
import assert from 'node:assert/strict';
import { refusalOf } from '../../../src/plan/compatibility/index.js';
import { compareEdit, SAVED, type Edit } from './edit.js';

const REMOVED: Edit = [['  again:', '  anew:']];
const strict = { allowNonRestoredState: false };

describe('A run from a saved state', () => {
  it('is refused while the state has parts without a place, and says how they may be found again', () => {
    const error = refusalOf(compareEdit(REMOVED), strict);
    assert.equal(error?.code, 'TG440');
    assert.match(error?.message ?? '', /--allow-non-restored-state/);
    assert.match(error?.message ?? '', /rules\.again .*"anew" means the same: write renamedFrom: again there/);
  });

  it('goes on when they may be left out', () => {
    assert.equal(refusalOf(compareEdit(REMOVED), { allowNonRestoredState: true }), undefined);
  });

  it('goes on when an edit alone costs partial matches', () => {
    assert.equal(refusalOf(compareEdit([['amount < 5', 'amount < 6']]), strict), undefined);
  });

  it('is refused for good when the state cannot be divided anew', () => {
    const error = refusalOf(compareEdit([['maxParallelism: 64', 'maxParallelism: 32']]), {
      allowNonRestoredState: true,
    });
    assert.equal(error?.code, 'TG441');
  });

  it('is not refused for the sake of a rule that remembered nothing', () => {
    const filter = '  other: { from: payments, where: amount < 0, to: alerts }\n';
    const saved = SAVED.replace('  large:\n', `${filter}  large:\n`);
    const compatibility = compareEdit([[filter, '']], saved);
    assert.deepEqual([compatibility.changes, refusalOf(compatibility, strict)], [[], undefined]);
  });
});
