/**
 * Makes a rule's alerts from what matched: evaluates `select` and `message`, and applies `onError`.
 *
 * Invariants
 * - An absent value of `select` is left out of the alert. Any other error is counted; what happens then is `onError`:
 *   `skip` leaves that value out, `dead-letter` sends a dead letter instead of the alert, `fail` fails the job.
 * - With `suppress` an alert is counted where it is let through.
 * - A message never fails: an absent value reads `-`, an erroneous one says what is wrong with it.
 */
import { TidegateError } from '../../common/errors.js';
import {
  compileValue,
  EvaluationError,
  holdsType,
  renderValue,
  speaksOfTypes,
  type CapturedEvents,
  type EvaluationLayout,
  type TypedTree,
  type ValueOf,
  type ValueType,
} from '../../expression/index.js';
import type { RuleDescriptor } from '../../job/stream-graph.js';
import type { Counter, MetricRegistry } from '../../metrics/registry.js';
import { DeadLetter } from '../../record/dead-letter.js';
import { fromKey, toKey, type Key } from '../../record/key.js';
import { setOwn } from '../../common/own-property.js';
import { StreamRecord, type MatchedStage, type Split } from '../../record/stream-record.js';
import { alertId } from './alert-id.js';

interface SelectedValue {
  readonly name: string;
  readonly valueOf: ValueOf;
}

type MessagePart = string | { readonly valueOf: ValueOf; readonly type: ValueType };

/** What matched: the events by stage, and how expressions reach them. */
export interface Matched {
  readonly stages: readonly MatchedStage[];
  readonly captured: CapturedEvents | undefined;
  /** The event under evaluation for a filter, the last event of a match. */
  readonly record: StreamRecord;
  /** Undefined without a key. */
  readonly key: Key | undefined;
  /** Event time of the match, epoch milliseconds. */
  readonly time: number;
  /** The timestamp with which the alert travels, if not `time`. */
  readonly timestamp?: number;
  /** The stage reached by a partial match that ran out of time. */
  readonly timedOutAt?: string;
}

export class AlertFactory {
  readonly #select: readonly SelectedValue[];
  readonly #message: readonly MessagePart[];
  readonly #by: readonly ValueOf[];
  readonly #split: Split;
  readonly #alerts: Counter;
  readonly #timeouts: Counter;
  readonly #errors: Counter;

  constructor(
    private readonly rule: RuleDescriptor,
    layout: EvaluationLayout,
    metrics: MetricRegistry,
  ) {
    this.#select = rule.select.map(({ name, value }) => ({ name, valueOf: withoutTypes(value, layout) }));
    this.#message = rule.message.map((part) =>
      typeof part === 'string' ? part : { valueOf: compileValue(part, layout), type: part.root.type },
    );
    this.#by = rule.suppress?.by.map((tree) => compileValue(tree, layout)) ?? [];
    this.#split = { ingress: rule.name, id: rule.name };
    this.#alerts = metrics.counter(`rules.${rule.name}`, 'alerts');
    this.#timeouts = metrics.counter(`rules.${rule.name}`, 'timeouts');
    this.#errors = metrics.counter(`rules.${rule.name}`, 'errors');
  }

  /** The alert as a record of the rule's own stream, or the dead letter that stands for it. */
  build(matched: Matched): StreamRecord | DeadLetter {
    const { rule } = this;
    const { key, time, stages, timedOutAt } = matched;
    const keyValue = key === undefined ? undefined : fromKey(key);
    const id = alertId(rule.name, key, stages, timedOutAt);
    const value = this.#bodyOf(stages);
    for (const { name, valueOf } of this.#select) {
      const selected = valueOf(matched.record, matched.captured, keyValue);
      if (selected instanceof EvaluationError) {
        this.#errors.value++;
        const reason = `select.${name}: ${selected.message}`;
        if (rule.onError === 'fail') throw new TidegateError('TG402', `rules.${rule.name}: ${reason}`);
        if (rule.onError === 'dead-letter') {
          return new DeadLetter(`rules.${rule.name}`, rule.name, id, reason, originsOf(stages));
        }
      } else if (selected !== undefined) setOwn(value, name, selected);
    }
    if (timedOutAt !== undefined) this.#timeouts.value++;
    else if (rule.suppress === undefined) this.#alerts.value++;
    return new StreamRecord(value, matched.timestamp ?? time, rule.name, this.#split, id, undefined, {
      id,
      rule: rule.name,
      severity: rule.severity,
      tags: rule.tags,
      key: keyValue,
      time,
      message: this.#render(matched, keyValue),
      stages,
      timedOutAt,
      isSelected: rule.body === 'select',
      suppressBy: this.#suppressBy(matched, keyValue),
    });
  }

  /** What the alert's record holds before `select` adds to it. */
  #bodyOf(stages: readonly MatchedStage[]): Record<string, unknown> {
    switch (this.rule.body) {
      case 'event':
        return { ...stages[0]?.events[0]?.value };
      case 'stages':
        return Object.fromEntries(stages.map((stage) => [stage.name, stage.events.map((event) => event.value)]));
      case 'select':
        return {};
    }
  }

  /** The value of `suppress.by`, or the rule's key; what has no usable key shares one. */
  #suppressBy(matched: Matched, keyValue: unknown): Key | undefined {
    if (this.rule.suppress === undefined) return undefined;
    if (this.#by.length === 0) return matched.key ?? '';
    return toKey(this.#by.map((valueOf) => toKey(valueOf(matched.record, matched.captured, keyValue)) ?? '')) ?? '';
  }

  #render(matched: Matched, keyValue: unknown): string | undefined {
    if (this.#message.length === 0) return undefined;
    let text = '';
    for (const part of this.#message) {
      if (typeof part === 'string') {
        text += part;
        continue;
      }
      const value = part.valueOf(matched.record, matched.captured, keyValue);
      if (value instanceof EvaluationError) this.#errors.value++;
      text += renderValue(value, part.type);
    }
    return text;
  }
}

/** A type is no value of a record; the plan lets it through only where nobody can know it before. */
function withoutTypes(tree: TypedTree, layout: EvaluationLayout): ValueOf {
  const valueOf = compileValue(tree, layout);
  if (!speaksOfTypes(tree)) return valueOf;
  return (...given) => {
    const value = valueOf(...given);
    if (!holdsType(value)) return value;
    return new EvaluationError(
      'invalid_argument',
      'it is a type, which is no value of an alert: write string(type(x))',
    );
  };
}

function originsOf(stages: readonly MatchedStage[]): Record<string, unknown> {
  return Object.fromEntries(
    stages.map((stage) => [
      stage.name,
      stage.events.map((event) => `${event.split.ingress}:${event.split.id}:${event.offset}`),
    ]),
  );
}
