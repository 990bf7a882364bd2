/**
 * The ingress and egress of StateFun's playground image, with which its samples are tried out by `curl`: requests to functions, and
 * what functions have emitted, one for each GET.
 */
import { plainName, type ApplicationPart } from './application-part.js';
import type { SpecFields } from './spec-fields.js';
import { mapNode, textNode } from './written-node.js';

const INGRESS = 'io.statefun.playground/ingress';
const EGRESS = 'io.statefun.playground/egress';
/** Of a message whose request names no type. */
const TEXT = 'io.statefun.types/string';

export function playgroundIngress(spec: SpecFields): readonly ApplicationPart[] {
  const port = spec.integer('port', true);
  if (port === undefined) return [];
  return [
    { section: 'requests', name: 'port', node: textNode(spec.node, port), id: INGRESS },
    { section: 'requests', name: 'playground', node: textNode(spec.node, true) },
  ];
}

/** Who may be called: every function of the module. To be asked when all its documents have been read. */
export function calledFunctions(parts: readonly ApplicationPart[]): readonly ApplicationPart[] {
  const ingress = parts.find(({ section }) => section === 'requests');
  if (ingress === undefined) return [];
  const functions = parts.filter(({ section }) => section === 'functions');
  const types = functions.map(({ name, node }) => [name, textNode(node, TEXT)] as const);
  return [{ section: 'requests', name: 'functions', node: mapNode(ingress.node, Object.fromEntries(types)) }];
}

/** Any topic is one there; those that are listed say which the functions mean. */
export function playgroundEgress(spec: SpecFields): readonly ApplicationPart[] {
  const port = spec.integer('port', true);
  spec.list('topics');
  if (port === undefined) return [];
  const playground = mapNode(spec.node, {
    port: textNode(spec.node, port),
    topic: textNode(spec.node, '{{ topic }}'),
  });
  const node = mapNode(spec.node, {
    playground,
    format: textNode(spec.node, 'bytes'),
    typename: textNode(spec.node, EGRESS),
  });
  return [{ section: 'egresses', name: plainName(EGRESS), node, id: EGRESS }];
}
