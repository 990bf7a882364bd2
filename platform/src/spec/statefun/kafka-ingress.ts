/**
 * `io.statefun.kafka.v1/ingress`: an ingress and a route for each of its topics. The id of the function is the key as text, and the
 * message is the record's value as it is, under the type that the topic has.
 */
import { rangeOf } from '../read/object-level.js';
import type { Node, ScalarNode } from '../text/node.js';
import { plainName, type ApplicationPart } from './application-part.js';
import { kafkaAccess, type KafkaAccess } from './kafka-properties.js';
import { integerOf, isTypename, isUnreadable, type SpecFields } from './spec-fields.js';
import { listNode, mapNode, textNode } from './written-node.js';

/** The fields of the records, which are nobody's but of the route below. */
const KEY = 'key';
const VALUE = 'value';
const PARTITION = /\/(\d{1,10})$/;
const OFFSETS = 'single entries TOPIC/PARTITION: OFFSET, such as - orders/0: 1200';
const DATE = /^(?<day>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d\.\d{1,3}) (?<zone>Z|[+-]\d\d:?\d\d)$/;

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

/** Undefined is where our own default is another one than StateFun's, so that there is always something. */
function startOf(spec: SpecFields, group: ScalarNode | undefined): Node | undefined {
  const position = spec.map('startupPosition');
  const type = position?.text('type', true);
  const known = type?.text ?? 'latest';
  switch (known) {
    case 'earliest':
    case 'latest':
      return textNode(type ?? spec.node, known);
    case 'group-offsets':
      if (group === undefined) refuseWithoutGroup(spec, type!);
      return textNode(type!, known);
    case 'date':
      return dateOf(position!);
    case 'specific-offsets':
      return offsetsOf(position!);
    default:
      return position!.wrong('type', type!, 'group-offsets, earliest, latest, specific-offsets or date');
  }
}

function refuseWithoutGroup(spec: SpecFields, type: ScalarNode): void {
  const isWritten = spec.find('consumerGroupId') !== undefined;
  if (isWritten) return;
  spec.diagnostics.error(
    'TG113',
    `${spec.at('startupPosition')} is where a group has committed, and no group is named`,
    { range: rangeOf(type), help: 'Add consumerGroupId: NAME to the spec.' },
  );
}

function offsetsOf(position: SpecFields): Node | undefined {
  const pairs = position.pairs('offsets', true);
  const read = pairs.flatMap(({ key, keyNode, value }) => {
    if (!PARTITION.test(key)) return position.wrong('offsets', keyNode, OFFSETS) ?? [];
    if (isUnreadable(value)) return [];
    const offset = value.kind === 'scalar' ? integerOf(value) : undefined;
    if (offset === undefined || offset < 0) return position.wrong('offsets', value, OFFSETS) ?? [];
    return [[key.replace(PARTITION, '-$1'), textNode(value, offset)] as const];
  });
  return read.length === 0
    ? undefined
    : mapNode(position.node, { offsets: mapNode(position.node, Object.fromEntries(read)) });
}

/** Undefined where nothing is written: our own default loses nothing, and fails where StateFun goes on at the end. */
function outOfRangeOf(spec: SpecFields, access: KafkaAccess | undefined): ScalarNode | undefined {
  const field = spec.text('autoOffsetResetPosition');
  const property = access?.text('auto.offset.reset');
  const node = field ?? property;
  if (node === undefined) return undefined;
  const text = node.text.toLowerCase();
  if (text === 'earliest' || text === 'latest') return textNode(node, text);
  if (field !== undefined) return spec.wrong('autoOffsetResetPosition', field, 'earliest or latest');
  // What Kafka's client calls it when it is to fail.
  if (text === 'none') return textNode(node, 'fail');
  return spec.wrong('properties: auto.offset.reset', node, 'earliest, latest or none');
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
