/** Mocha's `dot` reporter with one closing line that counts the whole run: `N passed, N failed[, N skipped]`. */
import mocha from 'mocha';

export default class ClosingLine extends mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      process.stdout.write(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}\n`);
    });
  }
}
