/**
 * `suppress: { for, by }`: after an alert, further ones with the same `by` (the rule's key unless given) are dropped for
 * a span of event time that begins at the alert that was let through.
 *
 * Invariants
 * - Alerts are looked at in the order (time, id) and only once the watermark has passed their time, so that what is
 *   suppressed is the same at every parallelism.
 * - The state of a value of `by` is one timestamp, dropped when the watermark has passed its span.
 */
import type { RuleDescriptor } from '../../job/stream-graph.js';
import type { Counter, MetricRegistry } from '../../metrics/registry.js';
import type { ByteReader } from '../../record/codec/byte-reader.js';
import type { Key } from '../../record/key.js';
import type { StreamRecord } from '../../record/stream-record.js';
import { plainValueCodec } from '../../state/codecs/plain-value-codec.js';
import type { KeyedStore, ValueState } from '../../state/keyed-store.js';
import type { BufferedRecords } from '../buffered-records.js';
import type { Collector, Operator } from '../operator.js';

const TIMES = plainValueCodec<number>();

export class SuppressOperator implements Operator {
  readonly #last: ValueState<number>;
  readonly #span: number;
  readonly #suppressed: Counter;
  readonly #alerts: Counter;
  #waiting: StreamRecord[] = [];
  #spans: { readonly key: Key; readonly time: number }[] = [];

  /** @param buffered keeps the alerts that wait for the watermark */
  constructor(
    rule: RuleDescriptor,
    private readonly output: Collector,
    store: KeyedStore,
    private readonly buffered: BufferedRecords,
    metrics: MetricRegistry,
  ) {
    this.#last = store.value({ owner: `rules.${rule.name}`, name: 'suppress', codec: TIMES });
    this.#span = rule.suppress?.for ?? 0;
    this.#suppressed = metrics.counter(`rules.${rule.name}`, 'suppressed');
    this.#alerts = metrics.counter(`rules.${rule.name}`, 'alerts');
    this.#waiting = buffered.take().map(({ record }) => record);
    const glance = { ofValue: (time: number) => time, ofBytes: (bytes: ByteReader) => TIMES.decode(bytes) };
    for (const [key, time] of this.#last.scan(glance)) this.#spans.push({ key, time });
    this.#spans.sort((a, b) => a.time - b.time);
  }

  prepareSnapshot(): void {
    this.buffered.put(this.#waiting.map((record) => ({ key: keyOf(record), record })));
  }

  process(_input: number, alert: StreamRecord): void {
    this.#waiting.push(alert);
  }

  watermark(watermark: number): void {
    const due = this.#waiting.filter((alert) => alert.timestamp <= watermark);
    if (due.length > 0) {
      this.#waiting = this.#waiting.filter((alert) => alert.timestamp > watermark);
      due.sort((a, b) => a.timestamp - b.timestamp || (String(a.offset) < String(b.offset) ? -1 : 1));
      for (const alert of due) this.#decide(alert);
    }
    this.#expire(watermark);
  }

  /** Spans end in the order in which they began, as alerts are looked at in the order of time. */
  #expire(watermark: number): void {
    let expired = 0;
    for (const { key, time } of this.#spans) {
      if (time + this.#span > watermark) break;
      if (this.#last.get(key) === time) this.#last.delete(key);
      expired++;
    }
    if (expired > 0) this.#spans = this.#spans.slice(expired);
  }

  #decide(alert: StreamRecord): void {
    const key = keyOf(alert);
    const last = this.#last.get(key);
    if (last !== undefined && alert.timestamp < last + this.#span) {
      this.#suppressed.value++;
      return;
    }
    this.#last.put(key, alert.timestamp);
    this.#spans.push({ key, time: alert.timestamp });
    this.#alerts.value++;
    this.output.collect(alert);
  }
}

function keyOf({ alert }: StreamRecord): Key {
  return alert?.suppressBy ?? '';
}
