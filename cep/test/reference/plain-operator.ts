/** Section 5 of `docs/semantics.md` in event time, for several rules that know nothing of each other. */
import { compileGraph } from '../../src/graph/compile-graph.js';
import type { RuleDefinition } from '../../src/index.js';
import { PlainMatcher, type PlainOutcome } from './plain-matcher.js';

export interface Timed {
  readonly key: string;
  readonly ts: number;
}

/** What a rule gave for a key, in order. */
export type Transcript = string[];

export class PlainOperator<E extends Timed> {
  readonly transcripts = new Map<string, Transcript>();
  readonly #definitions: readonly RuleDefinition<E>[];
  readonly #matchers = new Map<string, PlainMatcher<E>>();
  #waiting: E[] = [];
  #watermark = -Infinity;

  constructor(definitions: readonly RuleDefinition<E>[]) {
    this.#definitions = definitions;
  }

  process(event: E): void {
    if (event.ts > this.#watermark) this.#waiting.push(event);
  }

  advance(watermark: number): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    const ready = this.#waiting.filter(({ ts }) => ts <= watermark).sort((left, right) => left.ts - right.ts);
    this.#waiting = this.#waiting.filter(({ ts }) => ts > watermark);
    for (const event of ready) {
      for (const { name, filter } of this.#definitions) {
        if (filter?.test(event, NOTHING) === false) continue;
        const matcher = this.#matcher(name, event.key);
        matcher.advance(event.ts);
        matcher.process(event, event.ts);
      }
    }
    for (const matcher of this.#matchers.values()) matcher.advance(watermark);
  }

  #matcher(name: string, key: string): PlainMatcher<E> {
    const id = `${name} ${key}`;
    const known = this.#matchers.get(id);
    if (known !== undefined) return known;
    const definition = this.#definitions.find((candidate) => candidate.name === name);
    if (definition === undefined) throw new Error(`no rule ${name}`);
    const transcript: Transcript = [];
    this.transcripts.set(id, transcript);
    const { pattern, reportsTimeouts = true } = definition;
    const matcher = new PlainMatcher<E>(compileGraph(pattern), pattern.skip, (outcome) => {
      if (outcome.kind === 'match' || reportsTimeouts) transcript.push(describe(outcome));
    });
    this.#matchers.set(id, matcher);
    return matcher;
  }
}

const NOTHING = { events: () => [], first: () => undefined, last: () => undefined, count: () => 0 };

/** One line for an outcome, the same from the reference and from the engine. */
function describe<E>({ kind, at, path }: PlainOutcome<E>): string {
  const stages = new Map<string, E[]>();
  for (const { stage, event } of path) stages.set(stage, [...(stages.get(stage) ?? []), event]);
  return outcomeLine(
    kind,
    at,
    [...stages].map(([stage, events]) => ({ stage, events })),
  );
}

export function outcomeLine<E>(
  kind: 'match' | 'timeout',
  at: number,
  stages: readonly { readonly stage: string; readonly events: readonly E[] }[],
): string {
  return `${kind} at ${at}: ${stages.map(({ stage, events }) => `${stage}=${JSON.stringify(events)}`).join(' ')}`;
}
