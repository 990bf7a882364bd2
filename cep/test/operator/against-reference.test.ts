import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compile, PatternOperator, type RuleDefinition } from '../../src/index.js';
import { items, rules, type Item, type Reading } from '../reference/arbitraries.js';
import { outcomeLine, PlainOperator } from '../reference/plain-operator.js';

type Transcripts = Record<string, string[]>;

function byReference(definitions: RuleDefinition<Reading>[], given: readonly Item[]): Transcripts {
  const operator = new PlainOperator<Reading>(definitions);
  for (const item of given) {
    if ('watermark' in item) operator.advance(item.watermark);
    else operator.process(item);
  }
  return Object.fromEntries([...operator.transcripts].filter(([, lines]) => lines.length > 0).sort());
}

function byEngine(definitions: RuleDefinition<Reading>[], given: readonly Item[]): Transcripts {
  const transcripts = new Map<string, string[]>();
  const note = (rule: number, key: string, line: string): void => {
    const id = `${definitions[rule]?.name} ${key}`;
    transcripts.set(id, [...(transcripts.get(id) ?? []), line]);
  };
  const operator = new PatternOperator<string, Reading>(compile(definitions), {
    output: {
      match: ({ rule, key, at, stages }) => note(rule, key, outcomeLine('match', at, stages)),
      timeout: ({ rule, key, at, stages }) => note(rule, key, outcomeLine('timeout', at, stages)),
      late: () => {},
    },
  });
  for (const item of given) {
    if ('watermark' in item) operator.advance(item.watermark);
    else operator.process(item.key, item, item.ts);
  }
  return Object.fromEntries([...transcripts].sort());
}

describe('a set of random rules over random events', function () {
  this.timeout(60_000);

  it('gives what the plain reading of the rules gives for each of them alone, in the same order', () => {
    fc.assert(
      fc.property(rules, items, (definitions, given) => {
        assert.deepEqual(byEngine(definitions, given), byReference(definitions, given));
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  it('does so for many rules with the same field, which are found by the index', () => {
    fc.assert(
      fc.property(fc.tuple(rules, rules, rules), items, ([first, second, third], given) => {
        const definitions = [...first, ...second, ...third].map((rule, index) => ({ ...rule, name: `rule-${index}` }));
        assert.deepEqual(byEngine(definitions, given), byReference(definitions, given));
      }),
      { numRuns: 100, seed: 11 },
    );
  });
});
