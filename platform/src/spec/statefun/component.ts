/**
 * The components of a module: a document each, or, in the form of StateFun 3.0, the entries of one document.
 *
 * | written                                            | is                                          |
 * |-----------------------------------------------------|----------------------------------------------|
 * | `kind` and `spec`                                   | a component                                  |
 * | nothing (a stray `---`)                             | passed over                                  |
 * | `version: "3.0"` and `module`, in the one document  | its endpoints, ingresses and egresses        |
 * | another version                                     | refused, as StateFun 3.3 does                |
 */
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { rangeOf } from '../read/object-level.js';
import { entryOf, type Entry, type MapNode, type Node, type ScalarNode } from '../text/node.js';

export interface Component {
  readonly kind: ScalarNode;
  /** With `id`, also where the form of 3.0 has it elsewhere. */
  readonly spec: MapNode;
  /** For messages. */
  readonly place: string;
}

/** Kinds of 3.0, as they are called since. */
const FORMER_KINDS: ReadonlyMap<string, string> = new Map([
  ['http', 'io.statefun.endpoints.v1/http'],
  ['io.statefun.kafka/ingress', 'io.statefun.kafka.v1/ingress'],
  ['io.statefun.kafka/egress', 'io.statefun.kafka.v1/egress'],
  ['io.statefun.kinesis/ingress', 'io.statefun.kinesis.v1/ingress'],
  ['io.statefun.kinesis/egress', 'io.statefun.kinesis.v1/egress'],
]);

/** Whether a file is a module: no application has these keys at its top. */
export function isModule(text: string): boolean {
  const has = (key: string): boolean => new RegExp(`^["']?${key}["']?\\s*:`, 'm').test(text);
  return (has('kind') && has('spec')) || (has('version') && has('module'));
}

export function componentsOf(documents: readonly Node[], diagnostics: DiagnosticBag): readonly Component[] {
  return documents.flatMap((document) => {
    if (document.kind === 'scalar' && document.value === null) return [];
    if (document.kind === 'map' && entryOf(document, 'version') !== undefined)
      return formerModule(document, diagnostics);
    return component(document, diagnostics);
  });
}

function component(document: Node, diagnostics: DiagnosticBag): readonly Component[] {
  const kind = document.kind === 'map' ? entryOf(document, 'kind')?.value : undefined;
  const spec = document.kind === 'map' ? entryOf(document, 'spec')?.value : undefined;
  if (kind?.kind === 'scalar' && spec?.kind === 'map') return [{ kind, spec, place: 'spec' }];
  diagnostics.error('TG161', 'a document of a module has a kind, a name, and a spec, a map', {
    range: rangeOf(document),
    help: 'Write kind: io.statefun.endpoints.v2/http, and spec: with its fields.',
  });
  return [];
}

function formerModule(document: MapNode, diagnostics: DiagnosticBag): readonly Component[] {
  const version = entryOf(document, 'version')?.value;
  if (version?.kind !== 'scalar' || version.text !== '3.0') {
    diagnostics.error('TG161', 'a module with a version is of version "3.0"', {
      range: rangeOf(version ?? document),
      help: 'Later ones have a document with kind and spec for each component, and no version.',
    });
    return [];
  }
  const spec = follow(document, 'module', 'spec');
  return [
    ...each(spec, 'endpoints', 'endpoint'),
    ...each(spec, 'ingresses', 'ingress'),
    ...each(spec, 'egresses', 'egress'),
  ]
    .map((entry): Component | undefined => formerComponent(entry))
    .flatMap((found, i) => {
      if (found !== undefined) return [found];
      diagnostics.error('TG161', `component ${i + 1} of the module has no meta.kind, meta.type or spec`, {
        range: rangeOf(document),
      });
      return [];
    });
}

function formerComponent({ value }: Entry): Component | undefined {
  const meta = follow(value, 'meta');
  const spec = follow(value, 'spec');
  if (meta?.kind !== 'map' || spec?.kind !== 'map') return undefined;
  const kind = (entryOf(meta, 'kind') ?? entryOf(meta, 'type'))?.value;
  const id = entryOf(meta, 'id');
  if (kind?.kind !== 'scalar') return undefined;
  const text = FORMER_KINDS.get(kind.text) ?? kind.text;
  return {
    kind: { ...kind, text, value: text },
    spec: id === undefined ? spec : { ...spec, entries: [id, ...spec.entries] },
    place: 'spec',
  };
}

function each(spec: Node | undefined, section: string, name: string): readonly Entry[] {
  const list = follow(spec, section);
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => (item.kind === 'map' ? (entryOf(item, name) ?? []) : []));
}

function follow(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  return keys.reduce<Node | undefined>((at, key) => (at?.kind === 'map' ? entryOf(at, key)?.value : undefined), node);
}
