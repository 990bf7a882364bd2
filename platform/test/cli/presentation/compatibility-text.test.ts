import assert from 'node:assert/strict';
import { compatibilityText } from '../../../src/cli/presentation/compatibility-text.js';
import { compareEdit } from '../../plan/compatibility/edit.js';

describe('What an edited application keeps, in words', () => {
  it('is nothing when everything is kept', () => {
    assert.equal(compatibilityText(compareEdit([])), '');
  });

  it('stands under headings, what is lost before what is kept', () => {
    const edit = compareEdit([
      ['amount > 500', 'amount > 600'],
      ['for: 1h', 'for: 2h'],
      ['  again:', '  anew:'],
    ]);
    assert.equal(
      compatibilityText(edit),
      `the application has changed since its state was saved
  not in the application any more:
    rules.again does not run any more: what it remembers is dropped
      "anew" means the same: write renamedFrom: again there
  kept in part:
    rules.testing partial matches that took an event at "cashout" or went beyond it are dropped, as that step is another; the others are kept
  kept:
    rules.testing suppresses for 2h after an alert instead of 1h
  new:
    rules.anew sees what comes from now on
`,
    );
  });
});
