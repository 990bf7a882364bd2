import assert from 'node:assert/strict';
import { createContext, runInContext } from 'node:vm';
import { stackOf, textOf } from '../../src/function/error-text.js';

const refused = (address: string): Error => new Error(`connect ECONNREFUSED ${address}`);
const circle = new Error('round');
circle.cause = circle;
const withCause = (message: string, cause: unknown): Error => new Error(message, { cause });

describe('what was thrown', () => {
  const texts: [what: string, thrown: unknown, text: string | RegExp][] = [
    ['an error', new Error('down'), 'down'],
    ['an error that says nothing', new TypeError(''), 'TypeError'],
    ['an error of another realm', runInContext('new Error("there")', createContext()), 'there'],
    [
      'an error with causes',
      withCause('no ledger', withCause('fetch failed', refused('127.0.0.1:1'))),
      'no ledger: caused by fetch failed: caused by connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'an error that says what its cause says',
      withCause('no ledger: it is down', new Error('it is down')),
      'no ledger: it is down',
    ],
    ['an error whose cause is none', withCause('down', { code: 5 }), 'down: caused by { code: 5 }'],
    ['an error that is its own cause', circle, 'round'],
    [
      'errors together',
      withCause('fetch failed', new AggregateError([refused('::1:1'), refused('127.0.0.1:1')])),
      'fetch failed: caused by connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1',
    ],
    ['errors together that say something', new AggregateError([new Error('a'), 'b'], 'all failed'), 'all failed: a; b'],
    ['a text', 'plain', 'something that is no error was thrown: plain'],
    ['nothing', undefined, 'something that is no error was thrown: undefined'],
    ['an object with a message', { code: 5, message: 'x' }, 'something that is no error was thrown: x'],
    ['an object without', { code: 5 }, 'something that is no error was thrown: { code: 5 }'],
    [
      'an object without a prototype',
      Object.create(null),
      /^something that is no error was thrown: \[Object: null prototype\]/,
    ],
    [
      'what throws when it is looked at',
      {
        get message() {
          throw new Error('no');
        },
      },
      'something was thrown that cannot be shown',
    ],
    ['much', new Error('x'.repeat(10_000)), /^x{2000}…$/],
    ['much that is no error', Array(10_000).fill('x'.repeat(1000)), /^something.{1000,2100}$/s],
  ];
  for (const [what, thrown, text] of texts)
    it(`is told: ${what}`, () => {
      if (typeof text === 'string') assert.equal(textOf(thrown), text);
      else assert.match(textOf(thrown), text);
    });

  it('has the stacks of its causes', () => {
    const stack = stackOf(withCause('no ledger', new AggregateError([refused('::1:1'), 'odd'], 'all')));
    assert.match(
      stack!,
      /^Error: no ledger\n.*\ncaused by AggregateError: all\n.*\ncaused by Error: connect ECON.*\ncaused by odd$/s,
    );
    assert.equal(stackOf('plain'), undefined);
    assert.ok(stackOf(circle)!.length < 21_000);
  });
});
