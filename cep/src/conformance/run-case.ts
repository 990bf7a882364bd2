/** Runs a case through the PatternOperator and says what came out, in the format of the cases. */
import type { Match, PatternOutput, Timeout } from '../matcher/match.js';
import { PatternOperator } from '../operator/pattern-operator.js';
import { compile, type PatternSet } from '../operator/pattern-set.js';
import type { PatternOperatorOptions } from '../operator/options.js';
import { PatternError } from '../pattern/pattern-error.js';
import type { Case, EventItem, FailureResult, MatchResult, Result } from './case.js';
import type { CaseEvent } from './expression.js';
import { patternOf } from './pattern-of.js';

export type GapTimeouts = NonNullable<PatternOperatorOptions<string, CaseEvent>['gapTimeouts']>;

/** `gapTimeouts` other than Flink's gives the same results, but for when they come out. */
export function runCase(given: Case, gapTimeouts: GapTimeouts = 'on-next-event'): Result {
  let set: PatternSet<CaseEvent>;
  try {
    set = compile([{ name: given.id, pattern: patternOf(given) }]);
  } catch (error) {
    return { error: failureOf(error, 'pattern', undefined) };
  }
  return new CaseRun(given, set, gapTimeouts).run();
}

class CaseRun implements PatternOutput<string, CaseEvent> {
  readonly #case: Case;
  readonly #operator: PatternOperator<string, CaseEvent>;
  readonly #matches: MatchResult[] = [];
  readonly #timeouts: MatchResult[] = [];
  readonly #late: number[] = [];
  #item = 0;

  constructor(given: Case, set: PatternSet<CaseEvent>, gapTimeouts: GapTimeouts) {
    this.#case = given;
    const { comparator, mode = 'event' } = given;
    this.#operator = new PatternOperator(set, {
      output: this,
      time: mode,
      gapTimeouts,
      ...(comparator === undefined ? {} : { comparator: comparatorOf(comparator.field, comparator.desc === true) }),
    });
  }

  run(): Result {
    const results = { matches: this.#matches, timeouts: this.#timeouts, late: this.#late };
    try {
      for (const item of this.#case.events) {
        if ('wm' in item) this.#watermark(item.wm);
        else this.#event(item);
        this.#item++;
      }
    } catch (error) {
      return { error: failureOf(error, 'run', this.#item), ...results };
    }
    return results;
  }

  match(match: Match<string, CaseEvent>): void {
    this.#matches.push(this.#result(match));
  }

  timeout(timeout: Timeout<string, CaseEvent>): void {
    this.#timeouts.push(this.#result(timeout));
  }

  late(_key: string, event: CaseEvent): void {
    this.#late.push(event.index);
  }

  #event({ ts, key, f = {}, sub = false }: EventItem): void {
    // In processing time an event has the clock's time, which never goes back.
    const timestamp = this.#case.mode === 'processing' ? Math.max(ts, this.#operator.watermark) : ts;
    this.#operator.process(key, { index: this.#item, timestamp: ts, fields: f, isSub: sub }, timestamp);
  }

  #watermark(time: number | 'max'): void {
    if (time !== 'max') this.#operator.advance(time);
    else if (this.#case.mode !== 'processing') this.#operator.advance(Infinity);
  }

  #result({ key, at, stages }: Match<string, CaseEvent> | Timeout<string, CaseEvent>): MatchResult {
    const m = Object.fromEntries(stages.map(({ stage, events }) => [stage, events.map((event) => event.index)]));
    return { key, at: at === Infinity ? 'max' : at, in: this.#item, m };
  }
}

export function comparatorOf(field: string, isDescending: boolean): (left: CaseEvent, right: CaseEvent) => number {
  const read = ({ fields }: CaseEvent): number => {
    const value = fields[field];
    return typeof value === 'number' ? value : 0;
  };
  return (left, right) => (isDescending ? read(right) - read(left) : read(left) - read(right));
}

function failureOf(error: unknown, phase: FailureResult['phase'], item: number | undefined): FailureResult {
  if (!(error instanceof PatternError)) throw error;
  return { phase, class: error.javaException, ...(item === undefined ? {} : { in: item }), message: error.message };
}
