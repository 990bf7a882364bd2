/** Where a Kafka ingress of a module begins, and goes on where records are gone. */
import { rangeOf } from '../read/object-level.js';
import type { Node, ScalarNode } from '../text/node.js';
import type { KafkaAccess } from './kafka-properties.js';
import { integerOf, isUnreadable, type SpecFields } from './spec-fields.js';
import { mapNode, textNode } from './written-node.js';

const PARTITION = /\/(\d{1,10})$/;
const OFFSETS = 'single entries TOPIC/PARTITION: OFFSET, such as - orders/0: 1200';
const DATE = /^(?<day>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d\.\d{1,3}) (?<zone>Z|[+-]\d\d:?\d\d)$/;

/** Undefined is where our own default is another one than StateFun's, so that there is always something. */
export function startOf(spec: SpecFields, group: ScalarNode | undefined): Node | undefined {
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
export function outOfRangeOf(spec: SpecFields, access: KafkaAccess | undefined): ScalarNode | undefined {
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
