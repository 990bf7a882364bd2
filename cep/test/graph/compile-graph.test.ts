import assert from 'node:assert/strict';
import { compileGraph } from '../../src/graph/compile-graph.js';
import { Pattern, type Condition } from '../../src/index.js';

function is(letter: string): Condition<string> {
  return { id: letter, eventOnly: true, test: (event) => event === letter };
}

function stage(name: string): Pattern<string> {
  return Pattern.begin<string>(name).where(is(name));
}

/** Edges as `source -action-> target`, in the order in which they were added. */
function edges(pattern: Pattern<string>): string[] {
  return compileGraph(pattern).states.flatMap(({ name, edges: list }) =>
    list.map(({ action, target }) => `${name} -${action}-> ${target.name}`),
  );
}

describe('a pattern compiles to', () => {
  const table: [string, Pattern<string>, string[]][] = [
    ['a TAKE to the end for a single stage', stage('a'), ['a -take-> $endState$']],
    ['no IGNORE before next', stage('a').next('b'), ['b -take-> $endState$', 'a -take-> b']],
    [
      'an IGNORE before followedBy',
      stage('a').followedBy('b'),
      ['b -take-> $endState$', 'b -ignore-> b', 'a -take-> b'],
    ],
    [
      'a twin for an optional stage that has ignored an event',
      stage('a').followedBy('b').optional(),
      [
        'b -take-> $endState$',
        'b -proceed-> $endState$',
        'b -ignore-> b:0',
        'b:0 -take-> $endState$',
        'b:0 -ignore-> b:0',
        'a -take-> b',
      ],
    ],
    [
      'a loop behind its first occurrence',
      stage('a').oneOrMore().consecutive(),
      ['a -proceed-> $endState$', 'a -take-> a', 'a:0 -take-> a'],
    ],
    ['a chain of copies for times', stage('a').times(2).consecutive(), ['a -take-> $endState$', 'a:0 -take-> a']],
    [
      'a stop beside a notNext stage',
      stage('a').notNext('b').where(is('b')).next('c'),
      ['c -take-> $endState$', 'b -proceed-> c', 'b -proceed-> b:0', 'b:0 -take-> b:0', 'a -take-> b'],
    ],
    [
      'a ban on the next stage for notFollowedBy',
      stage('a').notFollowedBy('b').where(is('b')).followedBy('c'),
      ['c -take-> $endState$', 'c -ignore-> c', 'c -proceed-> b', 'b -take-> b', 'a -take-> c'],
    ],
    [
      'a pending state for a last notFollowedBy',
      stage('a').notFollowedBy('b').where(is('b')).within(5),
      ['b -proceed-> b:0', 'b -ignore-> b', 'b:0 -take-> b:0', 'a -take-> b'],
    ],
  ];
  for (const [name, pattern, expected] of table) {
    it(name, () => {
      assert.deepEqual(edges(pattern), expected);
    });
  }

  it('a window that is the smallest of its stages', () => {
    assert.equal(compileGraph(stage('a').within(7).next('b').within(9)).window, 7);
  });

  it('a gap window on every state of a quantified stage but the first made', () => {
    const { states } = compileGraph(stage('a').next('b').times(3, 5).consecutive());
    assert.deepEqual(
      states.map(({ name, gapWindow }) => [name, gapWindow]),
      [
        ['$endState$', undefined],
        ['b', undefined],
        ['b:0', 5],
        ['b:1', 5],
        ['a', undefined],
      ],
    );
  });
});
