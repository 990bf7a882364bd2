/** The egress of the benchmark: notes each answer as it comes. */
import { declareSink, fields, type SinkWriter } from '@tidegate/connectors/api';
import type { Measurement } from './measurement.js';

export function counted(measurement: Measurement) {
  const writer: SinkWriter = {
    write: ({ payload }) =>
      measurement.receive(typeof payload === 'string' ? payload : Buffer.from(payload).toString()),
    ready: () => true,
    onReady: () => undefined,
    stage: () => new Uint8Array(0),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return declareSink({
    name: 'counted',
    description: 'Answers of the benchmark.',
    options: fields({}),
    example: 'counted: {}',
    deliveries: ['at-least-once'],
    maxParallelism: () => 1,
    createSink: () => ({ deliveries: ['at-least-once'] as const, createWriter: () => writer }),
  });
}
