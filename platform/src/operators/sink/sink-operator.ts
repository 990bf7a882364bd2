/**
 * The last operator: turns payloads into an egress's records and hands them to its writer.
 *
 * Invariants
 * - The record's id is the alert's id, so that an idempotent receiver drops what it has seen.
 */
import { UnwritableRecordError, type Encoder, type OutgoingRecord, type SinkWriter } from '@tidegate/connectors/api';
import type { EvaluationLayout } from '../../expression/index.js';
import type { SinkNode } from '../../job/stream-graph.js';
import type { Counter, MetricRegistry } from '../../metrics/registry.js';
import type { Payload } from '../../network/element.js';
import { DeadLetter } from '../../record/dead-letter.js';
import { OutgoingValues } from './outgoing-values.js';
import { emittedHeaders } from '../../record/emitted-headers.js';
import type { StreamRecord } from '../../record/stream-record.js';
import { toOutgoing, type JsonObject, type RecordTypes } from './outgoing.js';

/** How an egress writes a payload: an encoder of plain values, or text for people. Undefined: it is not written. */
export type PayloadWriter = (payload: Payload) => string | Uint8Array | undefined;

/** @param unwritable told of what the encoder cannot write, as JSON has it, and why; may throw */
export function encodingWriter(
  encoder: Encoder,
  types: RecordTypes,
  unwritable: (record: JsonObject, id: string | undefined, reason: string) => void,
): PayloadWriter {
  const form = encoder.takesBytes === true ? 'binary' : 'json';
  return (payload) => {
    try {
      return encoder.encode(toOutgoing(payload, types, form) satisfies JsonObject);
    } catch (error) {
      if (!(error instanceof UnwritableRecordError)) throw error;
      const id = payload instanceof DeadLetter ? undefined : payload.alert?.id;
      unwritable(toOutgoing(payload, types), id, error.reason);
      return undefined;
    }
  };
}

export class SinkOperator {
  readonly #written: Counter;
  readonly #errors: Counter;
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
    this.#errors = metrics.counter(node.id, 'errors');
  }

  ready(): boolean {
    return this.writer.ready();
  }

  process(payload: Payload): void {
    const record = this.#outgoing(payload);
    if (record !== undefined) this.writer.write(record);
  }

  /** @param traceparent of the span in which it leaves */
  processFollowed(payload: Payload, traceparent: string): void {
    const record = this.#outgoing(payload);
    if (record !== undefined) this.writer.write({ ...record, traceparent });
  }

  #outgoing(payload: Payload): OutgoingRecord | undefined {
    const text = this.write(payload);
    if (text === undefined) {
      this.#errors.value++;
      return undefined;
    }
    this.#written.value++;
    const { timestamp, alert } = payload instanceof DeadLetter ? NO_EVENT : payload;
    const headers = payload instanceof DeadLetter ? undefined : emittedHeaders(payload);
    // Most of what leaves is this and nothing else.
    if (alert === undefined && this.#values === undefined && headers === undefined) return { payload: text, timestamp };
    return {
      payload: text,
      timestamp,
      ...(alert === undefined ? {} : { id: alert.id }),
      ...(alert?.key === undefined ? {} : { key: String(alert.key) }),
      ...(headers === undefined ? {} : { headers }),
      ...(this.#values === undefined ? {} : { values: this.#values.of(payload) }),
    };
  }
}

/** A dead letter has no time of its own. */
const NO_EVENT: Pick<StreamRecord, 'timestamp' | 'alert'> = { timestamp: 0, alert: undefined };
