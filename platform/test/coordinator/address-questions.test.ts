/** What is answered where the subtasks know different types, or the question names none. */
import assert from 'node:assert/strict';
import { AddressQuestions } from '../../src/coordinator/address-questions.js';
import type { AddressAnswer, AddressQuestion } from '../../src/job/address-question.js';
import type { JobGraph } from '../../src/job/job-graph.js';
import type { AttemptId } from '../../src/rpc/task-execution.js';

const UNKNOWN: AddressAnswer = { kind: 'refused', why: 'not-found', message: 'never called' };
const LIST: AddressQuestion = { kind: 'list', type: 'shop/cart', limit: 10 };
const page = (...ids: readonly string[]): AddressAnswer => ({
  kind: 'list',
  addresses: ids.map((id) => ({ id, status: 'idle', waiting: 0 })),
  hasMore: false,
});

/** @param told by each subtask */
function asked(question: AddressQuestion, told: readonly AddressAnswer[] = []): AddressAnswer | undefined {
  let heard: AddressAnswer | undefined;
  const ids = told.map((_, subtask) => ({ task: 'functions', subtask, attempt: 1 }) as unknown as AttemptId);
  const node = { types: [{ type: 'shop/*' }, { type: 'bank/account' }] };
  const questions = new AddressQuestions({
    job: { vertices: [{ operator: { kind: 'functions', node } }] } as unknown as Pick<JobGraph, 'vertices'>,
    maxParallelism: 128,
    graph: { executions: () => ids.map((id) => ({ id, state: 'running' as const })) },
    clock: { schedule: () => () => undefined },
    send: () => undefined,
    answered: (_, answer) => (heard = answer),
  });
  questions.ask('1', question);
  told.forEach((answer, i) => questions.hear({ kind: 'address-answer', id: ids[i]!, request: '1', answer }));
  return heard;
}

describe('questions for addresses of functions', () => {
  it('list what those subtasks have that have met a type of a namespace', () => {
    assert.deepEqual(asked(LIST, [page('b'), UNKNOWN, page('a')]), page('a', 'b'));
  });

  it('list nothing of a type that no subtask has met, and say so', () => {
    assert.deepEqual(asked(LIST, [UNKNOWN, UNKNOWN]), UNKNOWN);
  });

  it('list nothing where a subtask could not answer', () => {
    const busy: AddressAnswer = { kind: 'refused', why: 'unavailable', message: 'not now' };
    assert.deepEqual(asked(LIST, [page('a'), busy, UNKNOWN]), busy);
  });

  const wrong: readonly (readonly [type: string, answer: AddressAnswer])[] = [
    [
      'shop/*',
      {
        kind: 'refused',
        why: 'not-found',
        message: 'shop/* stands for all types of its namespace: name one of them, as shop/NAME',
      },
    ],
    [
      'bank/*',
      {
        kind: 'refused',
        why: 'not-found',
        message: 'the application has no function bank/*: it has shop/*, bank/account',
      },
    ],
  ];
  for (const [type, answer] of wrong)
    it(`have no address of ${type}`, () => assert.deepEqual(asked({ ...LIST, type }), answer));
});
