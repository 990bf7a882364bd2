/**
 * The last operator: turns payloads into an egress's records and hands them to its writer.
 *
 * Invariants
 * - The record's id is the alert's id, so that an idempotent receiver drops what it has seen.
 */
import type { Encoder, OutgoingRecord, SinkWriter } from '@tidegate/connectors/api';
import type { EvaluationLayout } from '../../expression/index.js';
import type { SinkNode } from '../../job/stream-graph.js';
import type { Counter, MetricRegistry } from '../../metrics/registry.js';
import type { Payload } from '../../network/element.js';
import { DeadLetter } from '../../record/dead-letter.js';
import { OutgoingValues } from './outgoing-values.js';
import type { StreamRecord } from '../../record/stream-record.js';
import { toOutgoing, type JsonObject, type RecordTypes } from './outgoing.js';

/** How an egress writes a payload: an encoder of plain values, or text for people. */
export type PayloadWriter = (payload: Payload) => string | Uint8Array;

export function encodingWriter(encoder: Encoder, types: RecordTypes): PayloadWriter {
  const plain = (payload: Payload): string | Uint8Array =>
    encoder.encode(toOutgoing(payload, types) satisfies JsonObject);
  if (encoder.takesRecords !== true) return plain;
  return (payload) =>
    payload instanceof DeadLetter || payload.alert !== undefined ? plain(payload) : encoder.encode(payload.value);
}

export class SinkOperator {
  readonly #written: Counter;
  readonly #values: OutgoingValues | undefined;

  constructor(
    node: SinkNode,
    private readonly writer: SinkWriter,
    private readonly write: PayloadWriter,
    layout: EvaluationLayout,
    metrics: MetricRegistry,
  ) {
    this.#values = node.values === undefined ? undefined : new OutgoingValues(node.id, node.values, layout, metrics);
    this.#written = metrics.counter(node.id, 'written');
  }

  ready(): boolean {
    return this.writer.ready();
  }

  process(payload: Payload): void {
    this.writer.write(this.#outgoing(payload));
  }

  /** @param traceparent of the span in which it leaves */
  processFollowed(payload: Payload, traceparent: string): void {
    this.writer.write({ ...this.#outgoing(payload), traceparent });
  }

  #outgoing(payload: Payload): OutgoingRecord {
    const text = this.write(payload);
    this.#written.value++;
    const { timestamp, alert } = payload instanceof DeadLetter ? NO_EVENT : payload;
    // Most of what leaves is this and nothing else.
    if (alert === undefined && this.#values === undefined) return { payload: text, timestamp };
    return {
      payload: text,
      timestamp,
      ...(alert === undefined ? {} : { id: alert.id }),
      ...(alert?.key === undefined ? {} : { key: String(alert.key) }),
      ...(this.#values === undefined ? {} : { values: this.#values.of(payload) }),
    };
  }
}

/** A dead letter has no time of its own. */
const NO_EVENT: Pick<StreamRecord, 'timestamp' | 'alert'> = { timestamp: 0, alert: undefined };
