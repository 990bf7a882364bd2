import assert from 'node:assert/strict';
import { difference, isDefectOfFlink } from '../../src/conformance/difference.js';
import { readOwnCases } from '../../src/conformance/read-cases.js';
import { runCase } from '../../src/conformance/run-case.js';

const cases = readOwnCases().filter((given) => !isDefectOfFlink(given));

describe('the cases answered by Apache Flink CEP', () => {
  it('are all there', () => {
    assert.equal(cases.length, 1604);
  });

  it('come out as in Flink', () => {
    const different = cases.flatMap((given) => {
      const found = difference(given.expect ?? {}, runCase(given));
      return found === undefined ? [] : [`${given.id}: ${found}`];
    });
    assert.deepEqual(different, []);
  });
});
