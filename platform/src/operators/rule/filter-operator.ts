/**
 * A rule without a kind: every event that fits its `where` is an alert.
 *
 * Invariants
 * - Stateless: needs neither order nor watermarks, and takes late events as well.
 */
import type { EvaluationLayout } from '../../expression/index.js';
import type { FilterNode } from '../../job/stream-graph.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import { DeadLetter } from '../../record/dead-letter.js';
import type { Key } from '../../record/key.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { Collector, Operator } from '../operator.js';
import { AlertFactory } from './alert-factory.js';
import { bindCondition, type BoundCondition } from './bind-condition.js';
import { keyValueOf } from './key-selector.js';

export interface RuleOutputs {
  readonly main: Collector;
  readonly error: Collector;
  readonly timeout: Collector;
}

/** The name under which a filter's event stands among an alert's stages. */
export const FILTER_STAGE = 'event';

export class FilterOperator implements Operator {
  readonly #where: BoundCondition | undefined;
  readonly #alerts: AlertFactory;

  constructor(
    node: FilterNode,
    private readonly outputs: RuleOutputs,
    layout: EvaluationLayout,
    metrics: MetricRegistry,
  ) {
    const { where } = node.rule;
    this.#where = where === undefined ? undefined : bindCondition(where, layout, keyValueOf(node.inputs, layout));
    this.#alerts = new AlertFactory(node.rule, layout, metrics);
  }

  process(_input: number, record: StreamRecord, key: Key | undefined): void {
    if (this.#where !== undefined && !this.#where(record)) return;
    const alert = this.#alerts.build({
      stages: [{ name: FILTER_STAGE, events: [record] }],
      captured: undefined,
      record,
      key,
      time: record.timestamp,
    });
    if (alert instanceof DeadLetter) this.outputs.error.collect(alert);
    else this.outputs.main.collect(alert);
  }

  watermark(): void {
    // Stateless: time changes nothing.
  }
}
