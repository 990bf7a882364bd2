/**
 * The rules of `docs/semantics.md`, sections 1 to 3, written as plainly as they go: one rule, one key, no caches, every
 * condition tested wherever an edge has it. What the engine is checked against.
 */
import type { Edge, Graph, State } from '../../src/graph/state.js';
import type { Captured } from '../../src/pattern/condition.js';
import type { Predicate } from '../../src/pattern/predicate.js';
import type { SkipStrategy } from '../../src/pattern/skip-strategy.js';
import { JavaQueue } from './java-queue.js';

export interface Taken<E> {
  readonly stage: string;
  readonly event: E;
  readonly timestamp: number;
  readonly number: number;
}

interface PlainRun<E> {
  readonly state: State<E>;
  readonly path: readonly Taken<E>[];
}

export interface PlainOutcome<E> {
  readonly kind: 'match' | 'timeout';
  readonly at: number;
  readonly path: readonly Taken<E>[];
}

export class PlainMatcher<E> {
  #partial = queue<E>();
  readonly #completed = queue<E>();
  #count = 0;

  constructor(
    private readonly graph: Graph<E>,
    private readonly skip: SkipStrategy,
    private readonly emit: (outcome: PlainOutcome<E>) => void,
  ) {
    this.#partial.offer({ state: graph.start, path: [] });
  }

  process(event: E, timestamp: number): void {
    const number = this.#count++;
    const next = queue<E>();
    const fresh = queue<E>();
    for (const run of this.#partial.items) {
      const results: PlainRun<E>[] = [];
      const holds = (predicate: Predicate<E>): boolean => truth(predicate, event, run.path);
      for (const [source, edge] of openEdges(run.state, holds)) {
        const isStart = run.state === this.graph.start;
        if (edge.action === 'ignore' && !isStart) results.push({ state: edge.target, path: run.path });
        if (edge.action !== 'take') continue;
        const path = [...run.path, { stage: source.stage, event, timestamp, number }];
        results.push({ state: edge.target, path });
        const end = this.graph.states.find(({ kind }) => kind === 'final') as State<E>;
        if (reachesEnd(edge.target, holds)) results.push({ state: end, path });
      }
      if (run.state === this.graph.start) results.push(run);
      const isStopped = results.some(({ state }) => state.kind === 'stop');
      for (const result of results) {
        if (result.state.kind === 'final') fresh.offer(result);
        else if (!isStopped || result === run) next.offer(result);
      }
    }
    this.#settle(next, fresh, timestamp);
  }

  advance(now: number): void {
    const next = queue<E>();
    const fresh = queue<E>();
    const timeouts: PlainOutcome<E>[] = [];
    for (const run of this.#partial.items) {
      const [first] = run.path;
      const last = run.path.at(-1);
      const gapEnd = end(last?.timestamp, run.state.gapWindow);
      const windowEnd = end(first?.timestamp, this.graph.window);
      if (!(gapEnd <= now || windowEnd <= now)) next.offer(run);
      else if (run.state.kind === 'pending') fresh.offer(run);
      else timeouts.push({ kind: 'timeout', at: gapEnd <= now ? gapEnd : windowEnd, path: run.path });
    }
    this.#settle(next, fresh, now);
    for (const timeout of timeouts) this.emit(timeout);
  }

  #settle(partial: JavaQueue<PlainRun<E>>, fresh: JavaQueue<PlainRun<E>>, at: number): void {
    for (const run of fresh.items) this.#completed.offer(run);
    for (;;) {
      const [match] = this.#completed.items;
      if (match === undefined) break;
      const [oldest] = partial.items;
      if (this.skip.kind !== 'noSkip' && oldest !== undefined && byStart(oldest, match) < 0) break;
      this.#completed.poll();
      const discarded = this.#discarded(match.path);
      partial.removeIf(discarded);
      this.#completed.removeIf(discarded);
      this.emit({ kind: 'match', at, path: match.path });
    }
    this.#partial = partial;
  }

  #discarded(path: readonly Taken<E>[]): (run: PlainRun<E>) => boolean {
    const { skip } = this;
    const first = path[0]?.number ?? 0;
    const last = path.at(-1)?.number ?? 0;
    switch (skip.kind) {
      case 'noSkip':
        return () => false;
      case 'skipToNext':
        return ({ path: [start] }) => start !== undefined && start.number <= first;
      case 'skipPastLastEvent':
        return ({ path: [start] }) => start !== undefined && start.number <= last;
      default: {
        const ofStage = path.filter(({ stage }) => stage === skip.stage);
        const target = skip.kind === 'skipToFirst' ? ofStage[0] : ofStage.at(-1);
        return ({ path: [start] }) => start !== undefined && target !== undefined && start.number < target.number;
      }
    }
  }
}

function queue<E>(): JavaQueue<PlainRun<E>> {
  return new JavaQueue<PlainRun<E>>(byStart);
}

/** Runs by their first event; the start run is last. */
function byStart<E>({ path: [left] }: PlainRun<E>, { path: [right] }: PlainRun<E>): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  return left.number - right.number;
}

function end(from: number | undefined, window: number | undefined): number {
  return from === undefined || window === undefined || window <= 0 ? NaN : from + window;
}

function openEdges<E>(from: State<E>, holds: (predicate: Predicate<E>) => boolean): [State<E>, Edge<E>][] {
  const found: [State<E>, Edge<E>][] = [];
  const stack = [from];
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    for (const edge of state.edges) {
      if (!holds(edge.predicate)) continue;
      if (edge.action === 'proceed') stack.push(edge.target);
      else found.push([state, edge]);
    }
  }
  return found;
}

function reachesEnd<E>(from: State<E>, holds: (predicate: Predicate<E>) => boolean): boolean {
  return from.edges.some(
    ({ action, target, predicate }) =>
      action === 'proceed' && holds(predicate) && (target.kind === 'final' || reachesEnd(target, holds)),
  );
}

function truth<E>(predicate: Predicate<E>, event: E, path: readonly Taken<E>[]): boolean {
  switch (predicate.kind) {
    case 'true':
      return true;
    case 'condition':
      return predicate.condition.test(event, capturedOf(path));
    case 'not':
      return !truth(predicate.of, event, path);
    case 'and':
      return truth(predicate.left, event, path) && truth(predicate.right, event, path);
    case 'or':
      return truth(predicate.left, event, path) || truth(predicate.right, event, path);
  }
}

function capturedOf<E>(path: readonly Taken<E>[]): Captured<E> {
  const events = (stage: string): E[] => path.filter((taken) => taken.stage === stage).map(({ event }) => event);
  return {
    events,
    first: (stage) => events(stage)[0],
    last: (stage) => (stage === undefined ? path.at(-1)?.event : events(stage).at(-1)),
    count: (stage) => events(stage).length,
  };
}
