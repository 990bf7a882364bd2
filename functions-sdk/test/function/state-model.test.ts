/** State against a model, over batches of messages that read, assign, change in place and delete in any order. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FunctionSet, persisted, statefulFunction, types } from '../../src/index.js';
import type { InvocationOutcome, StateMutation, TypedValue } from '../../src/wire/messages.js';
import { batch, message } from './calls.js';

type Action =
  | { readonly do: 'read' | 'delete-count' | 'delete-list' | 'clear' }
  | { readonly do: 'count'; readonly value: number }
  | { readonly do: 'list'; readonly value: string[] }
  | { readonly do: 'push'; readonly value: string };

/** What there should be; a state without a value is absent. */
interface Model {
  count?: number;
  list?: string[];
}

const Actions = types.json<Action[]>('test/Actions');
const List = types.json<string[]>('test/List');

const fn = statefulFunction('test/function', {
  state: { count: types.int, list: persisted(List, { default: () => [] }) },
}).on(Actions, (context, actions) => {
  const { state } = context;
  for (const action of actions) {
    if (action.do === 'read') assert.ok(Array.isArray(state.list) && state.count !== null);
    else if (action.do === 'count') state.count = action.value;
    else if (action.do === 'list') state.list = action.value;
    else if (action.do === 'push') state.list.push(action.value);
    else if (action.do === 'delete-count') state.count = undefined;
    else if (action.do === 'delete-list') context.clear('list');
    else context.clear();
  }
});

function change(model: Model, action: Action): void {
  if (action.do === 'count') model.count = action.value;
  else if (action.do === 'list') model.list = action.value;
  else if (action.do === 'push') model.list = [...(model.list ?? []), action.value];
  if (action.do === 'delete-count' || action.do === 'clear') delete model.count;
  if (action.do === 'delete-list' || action.do === 'clear') delete model.list;
}

const only = <K extends Action['do']>(...names: K[]): fc.Arbitrary<{ do: K }> =>
  fc.constantFrom(...names).map((name) => ({ do: name }));
const actions: fc.Arbitrary<Action> = fc.oneof(
  only('read', 'delete-count', 'delete-list', 'clear'),
  fc.integer({ min: -2, max: 2 }).map((value) => ({ do: 'count' as const, value })),
  fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }).map((value) => ({ do: 'list' as const, value })),
  fc.constantFrom('a', 'b').map((value) => ({ do: 'push' as const, value })),
);
const messages = fc.array(fc.array(actions, { maxLength: 4 }), { minLength: 1, maxLength: 4 });

describe('state over many batches', () => {
  it('is what the handlers left, with at most one mutation each, and none where nothing was changed', () => {
    const functions = new FunctionSet([fn]);
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 6 }), (batches) => {
        const stored: { count?: TypedValue | undefined; list?: TypedValue | undefined } = {};
        const model: Model = {};
        for (const batchOfActions of batches) {
          const before = structuredClone(model);
          for (const action of batchOfActions.flat()) change(model, structuredClone(action));
          const arguments_ = batchOfActions.map((each) => message(Actions, each));
          const request = batch({ count: stored.count, list: stored.list }, ...arguments_);
          const outcome = functions.invoke(request) as InvocationOutcome;
          assert.ok(outcome.kind === 'result');
          const { state } = outcome.effects;
          for (const { name, value } of state) stored[name as keyof Model] = value;
          expectStored(stored, model);
          expectNeeded(state, before, model);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function expectStored(stored: { count?: TypedValue | undefined; list?: TypedValue | undefined }, model: Model): void {
  assert.deepEqual(stored.count && types.int.decode(stored.count.bytes), model.count);
  assert.deepEqual(stored.list && List.decode(stored.list.bytes), model.list);
}

/** A mutation for each state that is another than before, and for no other. */
function expectNeeded(mutations: readonly StateMutation[], before: Model, after: Model): void {
  const changed = (['count', 'list'] as const).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  assert.deepEqual(
    mutations.map(({ name }) => name),
    changed,
  );
}
