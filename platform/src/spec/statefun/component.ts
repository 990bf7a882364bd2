/**
 * The components of a module: a document each, or, in the form of StateFun 3.0, the entries of one document. What is written round
 * them and StateFun passes over is warned of, as it is within them.
 *
 * | written                                            | is                                          |
 * |-----------------------------------------------------|----------------------------------------------|
 * | `kind` and `spec`                                   | a component                                  |
 * | nothing (a stray `---`)                             | passed over                                  |
 * | `version: "3.0"` and `module`, in the one document  | its endpoints, ingresses and egresses        |
 * | another version, or other documents beside it       | refused, as StateFun 3.3 does                |
 */
import { nearestName } from '../../common/nearest-name.js';
import { rangeOf } from '../read/object-level.js';
import { entryOf, type MapNode, type Node, type ScalarNode } from '../text/node.js';
import { isUnreadable, SpecFields, type ModuleReading } from './spec-fields.js';

export interface Component {
  readonly kind: ScalarNode;
  /** With `id`, also where the form of 3.0 has it elsewhere. Who reads it has it warn of what nobody asked for. */
  readonly spec: SpecFields;
}

/** Kinds of 3.0, as they are called since. */
const FORMER_KINDS: ReadonlyMap<string, string> = new Map([
  ['http', 'io.statefun.endpoints.v1/http'],
  ['io.statefun.kafka/ingress', 'io.statefun.kafka.v1/ingress'],
  ['io.statefun.kafka/egress', 'io.statefun.kafka.v1/egress'],
  ['io.statefun.kinesis/ingress', 'io.statefun.kinesis.v1/ingress'],
  ['io.statefun.kinesis/egress', 'io.statefun.kinesis.v1/egress'],
]);
const REMOTE = 'remote';

/** Where a kind stands in `meta`, and an id beside it. */
const ENDPOINT_META = ['kind', 'type'] as const;
const IO_META = ['type', 'kind'] as const;

export function componentsOf(documents: readonly Node[], reading: ModuleReading): readonly Component[] {
  const written = documents.filter((document) => document.kind !== 'scalar' || document.value !== null);
  const former = written.find((document) => isFormer(document, written.length === 1));
  const other = written.find((document) => document !== former);
  if (former !== undefined && other !== undefined)
    reading.diagnostics.error('TG161', 'a module with a version is one document, and here is another', {
      range: rangeOf(other),
      related: [{ message: 'the document with the version', range: rangeOf(former) }],
      help: 'StateFun would not start with both: put one of them into a file of its own.',
    });
  return written.flatMap((document) =>
    document === former ? formerModule(document, reading) : component(document, reading),
  );
}

/** A `version` beside `kind` and `spec` makes a document of 3.0 only if it is the only one: so StateFun reads it. */
function isFormer(document: Node, isOnly: boolean): document is MapNode {
  if (document.kind !== 'map' || entryOf(document, 'version') === undefined) return false;
  return isOnly || entryOf(document, 'kind') === undefined || entryOf(document, 'spec') === undefined;
}

function component(document: Node, reading: ModuleReading): readonly Component[] {
  if (document.kind === 'map') {
    const frame = new SpecFields(document, '', reading);
    const kind = frame.find('kind')?.value;
    const spec = frame.find('spec')?.value;
    frame.warnOfIgnored();
    if (kind?.kind === 'scalar' && spec?.kind === 'map')
      return isUnreadable(kind) ? [] : [{ kind, spec: new SpecFields(spec, 'spec', reading) }];
  }
  reading.diagnostics.error('TG161', 'a document of a module has a kind, a name, and a spec, a map', {
    range: rangeOf(document),
    help: 'Write kind: io.statefun.endpoints.v2/http, and spec: with its fields.',
  });
  return [];
}

function formerModule(document: MapNode, reading: ModuleReading): readonly Component[] {
  const frame = new SpecFields(document, '', reading);
  const version = frame.find('version')?.value;
  if (version !== undefined && isUnreadable(version)) return [];
  if (version?.kind !== 'scalar' || version.text !== '3.0') {
    reading.diagnostics.error('TG161', 'a module with a version is of version "3.0"', {
      range: rangeOf(version ?? document),
      help: 'Later ones have a document with kind and spec for each component, and no version.',
    });
    return [];
  }
  const module = frame.map('module', true);
  const meta = module?.map('meta', true);
  const type = meta?.text('type', true);
  if (type !== undefined && type.text.toLowerCase() !== REMOTE) refuseType(type, reading);
  const spec = module?.map('spec', true);
  const components = [
    ...each(spec, 'endpoints', 'endpoint', ENDPOINT_META),
    ...each(spec, 'ingresses', 'ingress', IO_META),
    ...each(spec, 'egresses', 'egress', IO_META),
  ];
  frame.warnOfIgnored();
  return components;
}

function refuseType(type: ScalarNode, { diagnostics }: ModuleReading): void {
  const suggestion = nearestName(type.text, [REMOTE]);
  diagnostics.error('TG161', `module.meta.type is ${JSON.stringify(type.written ?? type.text)}; expected ${REMOTE}`, {
    range: rangeOf(type),
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function each(
  spec: SpecFields | undefined,
  section: string,
  name: string,
  metaKeys: readonly [string, string],
): readonly Component[] {
  const items = spec?.maps(section) ?? [];
  return items.flatMap((item) => formerComponent(item.map(name, true), metaKeys) ?? []);
}

function formerComponent(
  fields: SpecFields | undefined,
  [own, other]: readonly [string, string],
): Component | undefined {
  const meta = fields?.map('meta', true);
  const kind =
    meta?.find(own) === undefined && meta?.find(other) !== undefined ? meta.text(other) : meta?.text(own, true);
  const id = meta?.find('id');
  const spec = fields?.require('spec')?.value;
  if (fields === undefined || kind === undefined || spec === undefined) return undefined;
  if (spec.kind !== 'map') return fields.wrong('spec', spec, 'a map of fields');
  const text = FORMER_KINDS.get(kind.text) ?? kind.text;
  const whole = id === undefined ? spec : { ...spec, entries: [id, ...spec.entries] };
  return { kind: { ...kind, text, value: text }, spec: new SpecFields(whole, fields.at('spec'), fields.reading) };
}
