/**
 * Brings what operators ask of addresses of functions to the subtasks that have them, and their answers back.
 *
 * Invariants
 * - Every question is answered once: by the task, or because the tasks that were asked are gone, or after a time without a
 *   word, as messages may be lost.
 * - What an edit came to where its answer is lost, nobody knows: that is said. Asked once more it does no harm.
 */
import type { Clock } from '../common/clock.js';
import { byUtf8 } from '../common/utf8-order.js';
import { isDeclared, isNamespace } from '../common/function-namespace.js';
import { isLook, type AddressAnswer, type AddressQuestion } from '../job/address-question.js';
import { FUNCTIONS } from '../job/function-node.js';
import type { JobGraph } from '../job/job-graph.js';
import { keyGroupOf, subtaskOf, toKey } from '../record/key.js';
import type { AttemptId, TaskCommand, TaskReport } from '../rpc/task-execution.js';
import type { Execution } from '../scheduling/execution.js';

export interface AddressQuestionsOptions {
  readonly job: Pick<JobGraph, 'vertices'>;
  readonly maxParallelism: number;
  readonly graph: { executions(tasks: ReadonlySet<string>): readonly Pick<Execution, 'id' | 'state'>[] };
  readonly clock: Pick<Clock, 'schedule'>;
  send(id: AttemptId, command: TaskCommand): void;
  answered(request: string, answer: AddressAnswer): void;
}

interface Pending {
  readonly question: AddressQuestion;
  /** Of the subtasks that were asked. */
  readonly answers: AddressAnswer[];
  left: number;
  readonly cancel: () => void;
}

/** An edit waits for a checkpoint, or for the answer of a call. */
const PATIENCE_MS = 60_000;
const NOT_NOW = 'the job is not running as a whole: ask again';

export class AddressQuestions {
  readonly #pending = new Map<string, Pending>();

  constructor(private readonly options: AddressQuestionsOptions) {}

  ask(request: string, question: AddressQuestion): void {
    const { graph, clock, send } = this.options;
    const refusal = this.#refusal(question);
    if (refusal !== undefined) return this.options.answered(request, refusal);
    const executions = graph.executions(new Set([FUNCTIONS]));
    const asked =
      question.kind === 'list' ? executions : [executions[this.#subtaskOf(question.id, executions.length)]!];
    if (asked.length === 0 || asked.some((execution) => execution?.state !== 'running'))
      return this.options.answered(request, unavailable(NOT_NOW));
    const cancel = clock.schedule(PATIENCE_MS, () => this.#end(request, unavailable(silence(question))));
    this.#pending.set(request, { question, answers: [], left: asked.length, cancel });
    for (const { id } of asked) send(id, { kind: 'ask-address', id, request, question });
  }

  hear({ request, answer }: Extract<TaskReport, { readonly kind: 'address-answer' }>): void {
    const pending = this.#pending.get(request);
    if (pending === undefined) return;
    pending.answers.push(answer);
    pending.left--;
    if (pending.left === 0) this.#end(request, merged(pending));
  }

  /** Tasks that were asked may be gone. */
  stop(): void {
    for (const [request, { question }] of [...this.#pending])
      this.#end(request, unavailable(isLook(question) ? NOT_NOW : silence(question)));
  }

  #end(request: string, answer: AddressAnswer): void {
    this.#pending.get(request)?.cancel();
    this.#pending.delete(request);
    this.options.answered(request, answer);
  }

  #refusal({ type }: AddressQuestion): AddressAnswer | undefined {
    const types = this.options.job.vertices.flatMap(({ operator }) =>
      operator.kind === 'functions' ? operator.node.types.map((one) => one.type) : [],
    );
    if (isDeclared(type, new Set(types))) return undefined;
    if (isNamespace(type) && types.includes(type)) {
      const message = `${type} stands for all types of its namespace: name one of them, as ${type.replace('*', 'NAME')}`;
      return { kind: 'refused', why: 'not-found', message };
    }
    const others = types.length === 0 ? 'it has none' : `it has ${types.join(', ')}`;
    return { kind: 'refused', why: 'not-found', message: `the application has no function ${type}: ${others}` };
  }

  #subtaskOf(id: string, parallelism: number): number {
    const { maxParallelism } = this.options;
    return subtaskOf(keyGroupOf(toKey(id)!, maxParallelism), maxParallelism, parallelism);
  }
}

/** Of a list the page that all subtasks make together. One that has not met a type of a namespace has nothing of it. */
function merged({ question, answers }: Pending): AddressAnswer {
  if (question.kind !== 'list') return answers[0]!;
  const lists = answers.flatMap((answer) => (answer.kind === 'list' ? [answer] : []));
  const refused = answers.find(
    (answer) => answer.kind === 'refused' && (lists.length === 0 || answer.why !== 'not-found'),
  );
  if (refused !== undefined) return refused;
  const all = lists.flatMap(({ addresses }) => addresses).sort((left, right) => byUtf8(left.id, right.id));
  const addresses = all.slice(0, question.limit);
  return { kind: 'list', addresses, hasMore: all.length > addresses.length || lists.some(({ hasMore }) => hasMore) };
}

function silence(question: AddressQuestion): string {
  return isLook(question)
    ? 'the task that has the address does not answer: ask again'
    : 'it is not known whether that was done, or will be: look, and ask again';
}

function unavailable(message: string): AddressAnswer {
  return { kind: 'refused', why: 'unavailable', message };
}
