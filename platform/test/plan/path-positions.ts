/** Positions for tests that make applications by hand: a path is written into the name of the file. */
import type { Positions } from '../../src/spec/positions.js';

const NOWHERE = { line: 1, column: 1, endLine: 1, endColumn: 1 };

export const pathPositions: Positions = {
  locate: (path, part = 'value') => ({ file: `${path.join('.')}${part === 'key' ? ' (key)' : ''}`, ...NOWHERE }),
  locateInText: (path) => ({ file: path.join('.'), ...NOWHERE }),
  locateInExpression: ({ path }) => ({ file: path.join('.'), ...NOWHERE }),
};
