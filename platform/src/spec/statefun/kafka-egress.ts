/**
 * `io.statefun.kafka.v1/egress`: an egress whose records say themselves which topic they go to, and by which key. Our own is
 * `topics`: all of these topics, without which nothing is delivered exactly once.
 */
import { rangeOf } from '../read/object-level.js';
import type { ScalarNode } from '../text/node.js';
import { plainName, type ApplicationPart } from './application-part.js';
import { flinkDuration } from './flink-duration.js';
import { kafkaAccess } from './kafka-properties.js';
import type { SpecFields } from './spec-fields.js';
import { listNode, mapNode, textNode } from './written-node.js';

const DELIVERIES = ['none', 'at-least-once', 'exactly-once'];
const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

export function kafkaEgress(spec: SpecFields): readonly ApplicationPart[] {
  const id = spec.typename('id', true);
  const access = kafkaAccess(spec);
  const semantic = spec.map('deliverySemantic');
  const type = semantic?.text('type');
  if (type !== undefined && !DELIVERIES.includes(type.text)) semantic!.wrong('type', type, DELIVERIES.join(', '));
  const timeout = transactionTimeout(semantic) ?? flinkDuration(access?.text('transaction.timeout.ms')?.text ?? '');
  const topics = spec.list('topics');
  if (type?.text === 'exactly-once' && topics.length === 0) refuseWithoutTopics(spec, type);
  const compression = access?.text('compression.type');
  if (id === undefined || access === undefined) return [];
  const kafka = mapNode(spec.node, {
    ...access.options,
    topic: textNode(id, '{{ topic }}'),
    topics: topics.length === 0 ? undefined : listNode(spec.node, topics),
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
  return [{ section: 'egresses', name: plainName(id.text), node, id: id.text }];
}

/** A transaction's topics must be known before it begins. StateFun passes over the field that says them. */
function refuseWithoutTopics({ place, diagnostics }: SpecFields, type: ScalarNode): void {
  diagnostics.error(
    'TG113',
    `${place}.deliverySemantic is exactly-once, and nothing says which topics functions write to`,
    {
      range: rangeOf(type),
      help: 'Add topics: [...] to the spec, which StateFun passes over, with all topics that functions name; or write at-least-once.',
    },
  );
}

/** StateFun reads `transactionTimeoutMillis: 15min`, which its documentation shows, as 0; what is meant is plain. */
function transactionTimeout(semantic: SpecFields | undefined): number | undefined {
  const millis = semantic?.duration('transactionTimeoutMillis');
  return millis ?? semantic?.duration('transactionTimeout');
}
