import assert from 'node:assert/strict';
import { compile, HeapMatchStore, Pattern, PatternOperator, type Condition, type KeyState } from '../../src/index.js';

interface Event {
  readonly v: number;
}

function above(limit: number): Condition<Event> {
  return { id: `>${limit}`, eventOnly: true, test: ({ v }) => v > limit };
}

function below(limit: number): Condition<Event> {
  return { id: `<${limit}`, eventOnly: true, test: ({ v }) => v < limit };
}

/** Look-ups of key state that these values of one key cause, once there is a partial match. */
function lookUps(pattern: Pattern<Event>, values: readonly number[]): number {
  const store = new HeapMatchStore<string, Event>();
  let count = 0;
  const get = store.get.bind(store);
  store.get = (key: string): KeyState<Event> | undefined => {
    count++;
    return get(key);
  };
  const output = { match: () => undefined, timeout: () => undefined, late: () => undefined };
  const operator = new PatternOperator<string, Event>(compile([{ name: 'r', pattern }]), { store, output });
  operator.process('k', { v: 1 }, 0);
  operator.advance(0);
  count = 0;
  values.forEach((v, index) => operator.process('k', { v }, index + 1));
  operator.advance(values.length);
  return count;
}

describe('events that change nothing', () => {
  it('do not look up their key’s state where runs pass over them', () => {
    const pattern = Pattern.begin<Event>('small').where(below(5)).followedBy('large').where(above(500)).within(100);
    assert.equal(lookUps(pattern, [50, 60, 70]), 0);
    assert.equal(lookUps(pattern, [50, 600, 70]), 1);
  });

  it('do look it up where an event that fits nothing ends a run', () => {
    const pattern = Pattern.begin<Event>('small').where(below(5)).next('large').where(above(500)).within(100);
    assert.equal(lookUps(pattern, [50]), 1);
  });

  it('do look it up where a condition reads what a run has taken', () => {
    const rising: Condition<Event> = {
      id: 'rising',
      eventOnly: false,
      test: ({ v }, captured) => v > (captured.last()?.v ?? 0),
    };
    const pattern = Pattern.begin<Event>('small').where(below(5)).followedBy('more').where(rising).within(100);
    assert.equal(lookUps(pattern, [-7]), 1);
  });
});
