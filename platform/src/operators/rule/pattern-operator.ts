/**
 * Runs the pattern rules of one node on the pattern engine and turns its matches into alerts.
 *
 * Invariants
 * - An alert's time is that of its last event, or `first + within` for an absence: never when a watermark happened to come.
 * - A record without a usable key takes no part; it goes to the dead letter of every rule that has one, and is counted.
 * - An alert that a skip strategy held back travels with the time of what released it, an event of its key or the end of a
 *   window, so that rules over alerts do not lose it as late; the time that it says stays.
 * - A snapshot holds each event either among those that wait or in the matches that it is part of. Restored, the operator
 *   calls nothing late before its first watermark: its sources go on behind what they had given, so nothing comes twice.
 */
import {
  compile,
  PatternOperator as PatternEngine,
  type KeptMatches,
  type Match,
  type Timeout,
  type WaitingEvent,
} from '@tidegate/cep';
import type { EvaluationLayout } from '../../expression/index.js';
import { buildPattern } from '../../job/build-pattern.js';
import type { PatternNode, PatternRule } from '../../job/stream-graph.js';
import type { Counter, MetricRegistry } from '../../metrics/registry.js';
import type { SourceSchemas } from '../../record/codec/stream-record-codec.js';
import { DeadLetter } from '../../record/dead-letter.js';
import type { Key } from '../../record/key.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { KeyedStore } from '../../state/keyed-store.js';
import type { BufferedRecord, BufferedRecords } from '../buffered-records.js';
import type { Operator } from '../operator.js';
import { AlertFactory, type Matched } from './alert-factory.js';
import { patternCondition } from './bind-condition.js';
import { CapturedMatch } from './captured-match.js';
import type { RuleOutputs } from './filter-operator.js';
import { keyValueOf } from './key-selector.js';
import { KeyedMatchStore } from './keyed-match-store.js';
import { byOrigin } from './origin-order.js';
import { PatternStateCodec } from './pattern-state-codec.js';

interface RunningRule {
  readonly rule: PatternRule;
  readonly alerts: AlertFactory;
  readonly outputs: RuleOutputs;
}

/** Where the operator keeps what it remembers, and what it finds there. */
export interface PatternOperatorState {
  /** Partial matches, by key. */
  readonly store: KeyedStore;
  /** Keeps the events that wait for the watermark. */
  readonly buffered: BufferedRecords;
  /** Of all sources whose records the events may be, or hold. */
  readonly sources: SourceSchemas;
  /**
   * What is kept of the partial matches of an edited application, by the rule's name now. Default: what can be told from
   * the rules' fingerprints, which takes a step that speaks of a renamed one for another.
   */
  readonly kept?: ReadonlyMap<string, KeptMatches> | undefined;
}

/** The one key of an operator without a key. */
const GLOBAL: Key = '';

export class PatternOperator implements Operator {
  readonly #engine: PatternEngine<Key, StreamRecord>;
  readonly #rules: readonly RunningRule[];
  readonly #keyed: boolean;
  readonly #keyless: Counter;
  readonly #late: Counter;
  readonly #buffered: BufferedRecords;

  constructor(
    node: PatternNode,
    outputsOf: (rule: string) => RuleOutputs,
    { store, buffered, sources, kept }: PatternOperatorState,
    layout: EvaluationLayout,
    metrics: MetricRegistry,
  ) {
    const keyOf = keyValueOf(node.inputs, layout);
    this.#keyed = node.inputs.some((input) => input.key.length > 0);
    this.#keyless = metrics.counter(node.id, 'keyless');
    this.#late = metrics.counter(node.id, 'late');
    this.#rules = node.rules.map((rule) => ({
      rule,
      alerts: new AlertFactory(rule, layout, metrics),
      outputs: outputsOf(rule.name),
    }));
    const set = compile(
      node.rules.map((rule) => ({
        name: rule.name,
        pattern: buildPattern<StreamRecord>(rule.pattern, (condition) => patternCondition(condition, layout, keyOf)),
        ...(rule.where === undefined ? {} : { filter: patternCondition(rule.where, layout, keyOf) }),
      })),
    );
    const codec = new PatternStateCodec(set, node.rules, {
      sources,
      kept,
      onDropped: (rule, count) => void (metrics.counter(`rules.${rule}`, 'droppedMatches').value += count),
    });
    const matches = new KeyedMatchStore(store, node.id, codec);
    this.#engine = new PatternEngine(set, {
      store: matches,
      origin: codec.origin,
      comparator: byOrigin,
      windowsEndApart: true,
      output: {
        match: (match) => this.#match(match),
        timeout: (timeout) => this.#timeout(timeout),
        late: () => void this.#late.value++,
      },
    });
    this.#buffered = buffered;
    this.#engine.restore(waitingOf(buffered.take()), matches.dues());
  }

  prepareSnapshot(): void {
    this.#buffered.put(bufferedOf(this.#engine.waiting()));
  }

  process(_input: number, record: StreamRecord, key: Key | undefined): void {
    if (!this.#keyed) this.#engine.process(GLOBAL, record, record.timestamp);
    else if (key === undefined) this.#rejectKeyless(record);
    else this.#engine.process(key, record, record.timestamp);
  }

  watermark(watermark: number): void {
    this.#engine.advance(watermark);
  }

  #rejectKeyless(record: StreamRecord): void {
    this.#keyless.value++;
    for (const { rule, outputs } of this.#rules) {
      const reason = 'the key is null, absent or not a value that can be a key';
      outputs.error.collect(new DeadLetter(`rules.${rule.name}`, record.split.id, record.offset, reason, record.value));
    }
  }

  #match(match: Match<Key, StreamRecord>): void {
    const { alerts, outputs } = this.#rules[match.rule]!;
    const alert = alerts.build(this.#matched(match, match.deadline ?? match.lastTimestamp, match.at));
    if (alert instanceof DeadLetter) outputs.error.collect(alert);
    else outputs.main.collect(alert);
  }

  #timeout(timeout: Timeout<Key, StreamRecord>): void {
    const { rule, alerts, outputs } = this.#rules[timeout.rule]!;
    const reached = rule.onTimeout?.reached;
    if (reached === undefined || !timeout.stages.some(({ stage }) => stage === reached)) return;
    const alert = alerts.build({ ...this.#matched(timeout, timeout.at, timeout.at), timedOutAt: reached });
    if (alert instanceof DeadLetter) outputs.error.collect(alert);
    else outputs.timeout.collect(alert);
  }

  #matched(outcome: Match<Key, StreamRecord> | Timeout<Key, StreamRecord>, time: number, at: number): Matched {
    const stages = outcome.stages.map(({ stage, events }) => ({ name: stage, events }));
    const captured = new CapturedMatch(stages);
    return {
      stages,
      captured,
      record: captured.last()!,
      key: this.#keyed ? outcome.key : undefined,
      time,
      timestamp: Math.max(time, at),
    };
  }
}

function* waitingOf(buffered: Iterable<BufferedRecord>): Generator<WaitingEvent<Key, StreamRecord>> {
  for (const { key, record } of buffered) yield { key, event: record, timestamp: record.timestamp };
}

function* bufferedOf(waiting: Iterable<WaitingEvent<Key, StreamRecord>>): Generator<BufferedRecord> {
  for (const { key, event } of waiting) yield { key, record: event };
}
