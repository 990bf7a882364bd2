/**
 * `io.statefun.kafka.v1/ingress`: an ingress and a route for each of its topics. The id of the function is the key as text, and the
 * message is the record's value as it is, under the type that the topic has.
 */
import { rangeOf } from '../read/object-level.js';
import type { ScalarNode } from '../text/node.js';
import { plainName, type ApplicationPart } from './application-part.js';
import { kafkaAccess } from './kafka-properties.js';
import { outOfRangeOf, startOf } from './kafka-start.js';
import { isTypename, type SpecFields } from './spec-fields.js';
import { listNode, mapNode, textNode } from './written-node.js';

/** The fields of the records, which are nobody's but of the route below. */
const KEY = 'key';
const VALUE = 'value';

export function kafkaIngress(spec: SpecFields): readonly ApplicationPart[] {
  const id = spec.typename('id', true);
  const access = kafkaAccess(spec);
  const group = spec.text('consumerGroupId') ?? access?.text('group.id');
  const start = startOf(spec, group);
  const outOfRange = outOfRangeOf(spec, access);
  const topics = withoutRepeated(
    spec,
    spec.maps('topics', true).flatMap((topic) => topicOf(topic) ?? []),
  );
  if (id === undefined || access === undefined) return [];
  const ingress = plainName(id.text);
  return topics.flatMap(({ topic, valueType, targets }): ApplicationPart[] => {
    const name = `${ingress}-${topic.text.replace(/[^A-Za-z0-9_-]/g, '-')}`;
    const kafka = mapNode(spec.node, {
      ...access.options,
      topics: topic,
      start,
      group,
      onOffsetOutOfRange: outOfRange,
      fields: mapNode(topic, { key: textNode(topic, KEY) }),
    });
    const to = targets.map((target) =>
      mapNode(target, {
        function: target,
        id: textNode(target, KEY),
        type: valueType,
        value: textNode(target, VALUE),
      }),
    );
    return [
      {
        section: 'ingresses',
        name,
        node: mapNode(topic, { kafka, format: textNode(topic, 'bytes') }),
        id: id.text,
        subject: `topic ${topic.text} of ${id.text}`,
        ...(topics.length === 1 ? { formerName: ingress } : {}),
      },
      {
        section: 'routes',
        name,
        node: mapNode(topic, { from: textNode(id, name), to: listNode(topic, to) }),
      },
    ];
  });
}

interface ReadTopic {
  readonly topic: ScalarNode;
  readonly valueType: ScalarNode;
  readonly targets: readonly ScalarNode[];
}

/** StateFun takes the last one of the same name, and says nothing. */
function withoutRepeated(spec: SpecFields, topics: readonly ReadTopic[]): readonly ReadTopic[] {
  const first = new Map<string, ScalarNode>();
  return topics.filter(({ topic }) => {
    const known = first.get(topic.text);
    first.set(topic.text, known ?? topic);
    if (known === undefined) return true;
    spec.diagnostics.error('TG121', `the topic ${topic.text} is listed twice in ${spec.at('topics')}`, {
      range: rangeOf(topic),
      related: [{ message: 'first listed here', range: rangeOf(known) }],
      help: 'StateFun takes the last one alone: write all targets in one of them.',
    });
    return false;
  });
}

function topicOf(topic: SpecFields): ReadTopic | undefined {
  const name = topic.text('topic', true);
  const valueType = topic.typename('valueType', true);
  const targets = topic.list('targets', true).flatMap((target) => {
    if (isTypename(target)) return [target];
    return topic.wrong('targets', target, 'names of types of functions: namespace/name') ?? [];
  });
  return name === undefined || valueType === undefined ? undefined : { topic: name, valueType, targets };
}
