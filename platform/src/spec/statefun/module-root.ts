/** A module of Apache StateFun as the tree of an application: from there on it is read, checked and planned like any other. */
import { nearestName } from '../../common/nearest-name.js';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { rangeOf } from '../read/object-level.js';
import type { MapNode, Node } from '../text/node.js';
import { plainName, type ApplicationPart, type Section } from './application-part.js';
import { componentsOf, type Component } from './component.js';
import { endpointV1, endpointV2 } from './http-endpoint.js';
import { kafkaEgress } from './kafka-egress.js';
import { kafkaIngress } from './kafka-ingress.js';
import { calledFunctions, playgroundEgress, playgroundIngress } from './playground.js';
import type { ModuleReading, SpecFields } from './spec-fields.js';
import { mapNode, textNode } from './written-node.js';

type Reading = (spec: SpecFields) => readonly ApplicationPart[];

const KINDS: ReadonlyMap<string, Reading> = new Map([
  ['io.statefun.endpoints.v2/http', endpointV2],
  ['io.statefun.endpoints.v1/http', endpointV1],
  ['io.statefun.kafka.v1/ingress', kafkaIngress],
  ['io.statefun.kafka.v1/egress', kafkaEgress],
  ['io.statefun.playground.v1/ingress', playgroundIngress],
  ['io.statefun.playground.v1/egress', playgroundEgress],
]);
/** Kinds that StateFun has and that are not read. */
const LATER: ReadonlySet<string> = new Set(['io.statefun.kinesis.v1/ingress', 'io.statefun.kinesis.v1/egress']);
const SECTIONS: readonly Section[] = ['ingresses', 'functions', 'routes', 'requests', 'egresses'];

/**
 * @param documents of one file; at least one
 * @param name of the application; a module has none, and none is needed beside a file that has one
 */
export function moduleRoot(
  documents: readonly [Node, ...Node[]],
  { name }: { readonly name: string | undefined },
  reading: ModuleReading,
): MapNode {
  const { diagnostics } = reading;
  const components = componentsOf(documents, reading).map((component) => partsOf(component, diagnostics));
  const read = withoutRepeated(components, diagnostics);
  const parts = [...read, ...calledFunctions(read)];
  const [first] = documents;
  const sections = SECTIONS.filter(
    (section) => section !== 'requests' || parts.some((part) => part.section === section),
  );
  return mapNode(first, {
    name: name === undefined ? undefined : textNode(first, name),
    ...Object.fromEntries(sections.map((section) => [section, sectionOf(section, parts, first, diagnostics)])),
  });
}

/** What a module's job is called: as its file is. */
export function jobName(file: string): string {
  return plainName(file.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/, ''));
}

function partsOf({ kind, spec }: Component, diagnostics: DiagnosticBag): readonly ApplicationPart[] {
  const read = KINDS.get(kind.text);
  if (read === undefined) {
    refuse(kind, diagnostics);
    return [];
  }
  const parts = read(spec);
  spec.warnOfIgnored();
  return parts;
}

function refuse(kind: Component['kind'], diagnostics: DiagnosticBag): void {
  const range = rangeOf(kind);
  if (LATER.has(kind.text)) {
    diagnostics.error('TG115', `${kind.text} is not yet in this version`, { range });
    return;
  }
  const suggestion = nearestName(kind.text, KINDS.keys());
  diagnostics.error('TG161', `${JSON.stringify(kind.text)} is no kind of component that is known here`, {
    range,
    ...(suggestion === undefined ? { help: `Kinds are ${[...KINDS.keys()].join(', ')}.` } : { suggestion }),
  });
}

/** Each component once: it is known by its id. */
function withoutRepeated(
  components: readonly (readonly ApplicationPart[])[],
  diagnostics: DiagnosticBag,
): readonly ApplicationPart[] {
  const first = new Map<string, ApplicationPart>();
  return components.flatMap((parts) => {
    const [part] = parts;
    if (part?.id === undefined) return parts;
    const known = first.get(`${part.section} ${part.id}`);
    first.set(`${part.section} ${part.id}`, known ?? part);
    if (known === undefined) return parts;
    diagnostics.error('TG121', `${part.id} is defined twice in this module`, {
      range: rangeOf(part.node),
      related: [{ message: 'first defined here', range: rangeOf(known.node) }],
      help: 'StateFun would not start with it either: rename or remove one of them.',
    });
    return [];
  });
}

function sectionOf(
  section: Section,
  parts: readonly ApplicationPart[],
  origin: Node,
  diagnostics: DiagnosticBag,
): MapNode {
  const ours = parts.filter((part) => part.section === section);
  const named = new Map<string, ApplicationPart>();
  for (const part of ours) {
    const known = named.get(part.name);
    if (known === undefined) named.set(part.name, part);
    // A route is called as its ingress is.
    else if (section !== 'routes') refuseSameName(known, part, diagnostics);
  }
  const nodes = [...named.values()].map((part) => [part.name, withFormerName(part, ours)] as const);
  return mapNode(ours[0]?.node ?? origin, Object.fromEntries(nodes));
}

/** Two names of StateFun that become one here. */
function refuseSameName(known: ApplicationPart, part: ApplicationPart, diagnostics: DiagnosticBag): void {
  const [former, later] = [subjectOf(known), subjectOf(part)];
  diagnostics.error('TG121', `${former} and ${later} have the same name here, ${part.name}`, {
    range: rangeOf(part.node),
    related: [{ message: `${former} is defined here`, range: rangeOf(known.node) }],
    help: 'In a name here each character but letters, digits, "_" and "-" is "-". StateFun keeps them apart: rename one of them, also where functions name it.',
  });
}

function subjectOf({ subject, id, name }: ApplicationPart): string {
  return subject ?? id ?? name;
}

function withFormerName({ node, formerName }: ApplicationPart, others: readonly ApplicationPart[]): Node {
  if (formerName === undefined || node.kind !== 'map') return node;
  const isTaken = others.some(({ name }) => name === formerName);
  const heirs = others.filter((other) => other.formerName === formerName);
  if (isTaken || heirs.length > 1) return node;
  return { ...node, entries: [...node.entries, ...mapNode(node, { renamedFrom: textNode(node, formerName) }).entries] };
}
