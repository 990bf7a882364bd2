/** Mocha's `dot` reporter, which tells whoever has started the run how it has ended: `test.mjs` counts several. */
import mocha from 'mocha';

export default class Counting extends mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      process.send?.({ passes, failures, pending });
    });
  }
}
