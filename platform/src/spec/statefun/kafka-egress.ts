/** `io.statefun.kafka.v1/egress`: an egress whose records say themselves which topic they go to, and by which key. */
import { plainName, type ApplicationPart } from './application-part.js';
import { flinkDuration } from './flink-duration.js';
import { kafkaAccess } from './kafka-properties.js';
import type { SpecFields } from './spec-fields.js';
import { mapNode, textNode } from './written-node.js';

const DELIVERIES = ['none', 'at-least-once', 'exactly-once'];
const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

export function kafkaEgress(spec: SpecFields): readonly ApplicationPart[] {
  const id = spec.typename('id', true);
  const access = kafkaAccess(spec);
  const semantic = spec.map('deliverySemantic');
  const type = semantic?.text('type');
  if (type !== undefined && !DELIVERIES.includes(type.text)) semantic!.wrong('type', type, DELIVERIES.join(', '));
  const timeout = transactionTimeout(semantic) ?? flinkDuration(access?.text('transaction.timeout.ms')?.text ?? '');
  const compression = access?.text('compression.type');
  if (id === undefined || access === undefined) return [];
  const kafka = mapNode(spec.node, {
    ...access.options,
    topic: textNode(id, '{{ topic }}'),
    key: textNode(id, 'key'),
    compression: compression !== undefined && COMPRESSIONS.includes(compression.text) ? compression : undefined,
    transactionTimeout: timeout === undefined ? undefined : textNode(semantic?.node ?? id, `${timeout}ms`),
  });
  const node = mapNode(spec.node, {
    kafka,
    format: textNode(id, 'bytes'),
    typename: id,
    delivery: type ?? textNode(id, 'at-least-once'),
  });
  return [{ section: 'egresses', name: plainName(id.text), node }];
}

/** StateFun reads `transactionTimeoutMillis: 15min`, which its documentation shows, as 0; what is meant is plain. */
function transactionTimeout(semantic: SpecFields | undefined): number | undefined {
  const millis = semantic?.duration('transactionTimeoutMillis');
  return millis ?? semantic?.duration('transactionTimeout');
}
