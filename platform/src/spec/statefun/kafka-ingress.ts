/**
 * `io.statefun.kafka.v1/ingress`: an ingress and a route for each of its topics. The id of the function is the key as text, and the
 * message is the record's value as it is, under the type that the topic has.
 */
import { plainName, type ApplicationPart } from './application-part.js';
import { kafkaAccess } from './kafka-properties.js';
import { isTypename, type SpecFields } from './spec-fields.js';
import type { Node } from '../text/node.js';
import { listNode, mapNode, textNode } from './written-node.js';

/** The fields of the records, which are nobody's but of the route below. */
const KEY = 'key';
const VALUE = 'value';
const DATE = /^(?<day>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d\.\d{1,3}) (?<zone>Z|[+-]\d\d:?\d\d)$/;

export function kafkaIngress(spec: SpecFields): readonly ApplicationPart[] {
  const id = spec.typename('id', true);
  const access = kafkaAccess(spec);
  const group = spec.text('consumerGroupId') ?? access?.text('group.id');
  const start = startOf(spec);
  const outOfRange = spec.text('autoOffsetResetPosition') ?? access?.text('auto.offset.reset');
  const topics = spec.maps('topics', true).flatMap((topic) => topicOf(topic) ?? []);
  if (id === undefined || access === undefined) return [];
  return topics.flatMap(({ topic, valueType, targets }): ApplicationPart[] => {
    const name = topics.length === 1 ? plainName(id.text) : `${plainName(id.text)}-${plainName(topic.text)}`;
    const kafka = mapNode(spec.node, {
      ...access.options,
      topics: topic,
      start,
      group,
      onOffsetOutOfRange: outOfRange && textNode(outOfRange, outOfRange.text.toLowerCase()),
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
      { section: 'ingresses', name, node: mapNode(topic, { kafka, format: textNode(topic, 'bytes') }) },
      {
        section: 'routes',
        name,
        node: mapNode(topic, { from: textNode(id, name), to: listNode(topic, to) }),
      },
    ];
  });
}

function topicOf(topic: SpecFields) {
  const name = topic.text('topic', true);
  const valueType = topic.typename('valueType', true);
  const targets = topic.list('targets', true).flatMap((target) => {
    if (isTypename(target)) return [target];
    return topic.wrong('targets', target, 'names of types of functions: namespace/name') ?? [];
  });
  return name === undefined || valueType === undefined ? undefined : { topic: name, valueType, targets };
}

/** Undefined is where our own default is another one than StateFun's, so that there is always something. */
function startOf(spec: SpecFields): Node | undefined {
  const position = spec.map('startupPosition');
  const type = position?.text('type');
  const known = type?.text ?? 'latest';
  switch (known) {
    case 'earliest':
    case 'latest':
    case 'group-offsets':
      return textNode(type ?? spec.node, known);
    case 'date':
      return dateOf(position!);
    case 'specific-offsets': {
      const offsets = Object.fromEntries(
        position!.pairs('offsets').map(({ key, value }) => [key.replace(/\/(\d+)$/, '-$1'), value]),
      );
      return mapNode(position!.node, { offsets: mapNode(position!.node, offsets) });
    }
    default:
      return position!.wrong('type', type!, 'group-offsets, earliest, latest, specific-offsets or date');
  }
}

function dateOf(position: SpecFields): Node | undefined {
  const node = position.text('date', true);
  if (node === undefined) return undefined;
  const { day, time, zone } = DATE.exec(node.text)?.groups ?? {};
  if (day === undefined) return position.wrong('date', node, 'a date such as 2026-01-31 12:00:00.000 Z');
  return mapNode(position.node, {
    timestamp: textNode(node, `${day}T${time}${zone?.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`),
  });
}
