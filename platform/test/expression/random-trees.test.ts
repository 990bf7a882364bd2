import assert from 'node:assert/strict';
import { typeTree } from '../../src/expression/check.js';
import {
  EvaluationError,
  compileCondition,
  compileValue,
  fingerprint,
  interpret,
  renderValue,
  toJson,
} from '../../src/expression/index.js';
import type { CapturedEvents, EvaluationLayout, EvaluationRecord, TypedTree } from '../../src/expression/index.js';
import { canonical } from './conformance/expected-value.js';
import { Random, SCOPE, randomEvent, randomSyntax } from './random-syntax.js';

/** A failure names its seed. `TIDEGATE_RANDOM_TREES=100000 npm test -- --grep random` runs the long form. */
const TREES = Number(process.env['TIDEGATE_RANDOM_TREES'] ?? 5_000);

function randomRecord(random: Random): EvaluationRecord {
  return { value: randomEvent(random), timestamp: random.below(1e9), source: 'payments', headers: { a: 'b' } };
}

function randomCaptured(random: Random): CapturedEvents {
  const many = Array.from({ length: random.below(4) }, () => randomRecord(random));
  const one = [randomRecord(random)];
  const events = (stage: string): readonly EvaluationRecord[] => (stage === 'many' ? many : one);
  return {
    events,
    count: (stage) => events(stage).length,
    first: (stage) => events(stage)[0],
    last: (stage) => (stage === undefined ? one[0] : events(stage).at(-1)),
  };
}

const LAYOUT: EvaluationLayout = {
  tables: new Map([['rows', { get: (key: unknown) => (key === 'a' ? { n: 1, t: 'x' } : undefined) }]]),
};

function describeValue(value: unknown): string {
  return value instanceof EvaluationError ? `error ${value.code}` : canonical(value);
}

function randomTree(random: Random, profile?: 'strict'): TypedTree {
  const syntax = randomSyntax(random, 1 + random.below(5));
  return typeTree(syntax, '', { ...SCOPE, ...(profile === undefined ? {} : { profile }) }).tree;
}

describe('random trees', () => {
  it(`F81, F77: ${TREES} trees, right and wrong, have the same value compiled and interpreted, and never throw`, () => {
    let errors = 0;
    let absent = 0;
    for (let seed = 1; seed <= TREES; seed++) {
      const random = new Random(seed);
      const tree = randomTree(random);
      const record = randomRecord(random);
      const captured = randomCaptured(random);
      const value = compileValue(tree, LAYOUT)(record, captured, 'c1');
      const interpreted = interpret(tree, LAYOUT, record, captured, 'c1');
      const context = `seed ${seed}`;
      assert.equal(describeValue(value), describeValue(interpreted), context);
      assert.equal(compileCondition(tree, LAYOUT)(record, captured, 'c1'), interpreted === true, context);
      assert.notEqual(typeof value, 'function', context);
      assert.equal(typeof renderValue(value, tree.root.type), 'string', context);
      toJson(value, tree.root.type);
      if (value instanceof EvaluationError) errors++;
      if (value === undefined) absent++;
    }
    // A generator that makes nothing but errors would show nothing.
    assert.ok(errors < TREES * 0.6, `${errors} errors`);
    assert.ok(absent < TREES * 0.5, `${absent} absent`);
  }).timeout(600_000);

  it('are equal after a journey as JSON, with the same fingerprint and the same value', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new Random(seed);
      const tree = randomTree(random);
      const read = JSON.parse(JSON.stringify(tree)) as TypedTree;
      assert.deepEqual(read, tree);
      assert.equal(fingerprint(read), fingerprint(tree));
      const record = randomRecord(random);
      const captured = randomCaptured(random);
      assert.equal(
        describeValue(compileValue(read, LAYOUT)(record, captured)),
        describeValue(compileValue(tree, LAYOUT)(record, captured)),
      );
    }
  });

  it('have the same value compiled and interpreted in the strict profile', () => {
    for (let seed = 1; seed <= 1_000; seed++) {
      const random = new Random(seed);
      const tree = randomTree(random, 'strict');
      const record = randomRecord(random);
      const captured = randomCaptured(random);
      const value = compileValue(tree, LAYOUT)(record, captured, 'c1');
      assert.equal(
        describeValue(value),
        describeValue(interpret(tree, LAYOUT, record, captured, 'c1')),
        `seed ${seed}`,
      );
    }
  });
});
