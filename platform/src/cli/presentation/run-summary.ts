/** What a run read, found and wrote, as lines for people. The last line is always `N alerts`, for programs too. */
import { isNamespace } from '../../common/function-namespace.js';
import { printable } from '../../common/printable.js';
import type { FunctionNode } from '../../job/function-node.js';
import { functionsOf, rulesOf } from '../../job/graph-index.js';
import type { SinkNode, SourceNode, StreamGraph } from '../../job/stream-graph.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import { grouped, plural, timeText } from './numbers-text.js';

type Count = (scope: string, name: string) => number;

export function runSummary(graph: StreamGraph, metrics: MetricRegistry): string[] {
  const count: Count = (scope, name) => metrics.counter(scope, name).value;
  const lines = graph.sources.map((node) => `read   ${sourceText(node, count)}`);
  for (const node of graph.operators) {
    const keyless = count(node.id, 'keyless');
    const late = count(node.id, 'late');
    const rules = rulesOf(node);
    for (const { name } of rules) lines.push(`found  ${name}: ${ruleText(name, count)}`);
    const readers = rules.map(({ name }) => name).join(', ');
    if (keyless > 0) lines.push(`       ${plural(keyless, 'event')} without a usable key left out by ${readers}`);
    if (late > 0) lines.push(`       ${plural(late, 'event')} from behind an idle time left out by ${readers}`);
  }
  for (const node of functionsOf(graph))
    for (const type of calledTypes(node, metrics))
      lines.push(`called ${printable(type)}: ${functionText(type, count)}`);
  for (const node of graph.sinks) lines.push(`wrote  ${sinkText(node, count)}`);
  lines.push(`${alertCount(graph, metrics)} alerts`);
  return lines;
}

function sourceText({ id, name, connector, time }: SourceNode, count: Count): string {
  const late = count(id, 'late');
  const bad = count(id, 'bad');
  const parts = [plural(count(id, 'records'), 'event')];
  if (late > 0) parts.push(`${grouped(late)} of them late`);
  if (bad > 0) parts.push(plural(bad, 'bad record'));
  const range =
    time.kind === 'event' && count(id, 'records') > late
      ? `, ${toSecond(count(id, 'earliestTime'))} to ${toSecond(count(id, 'eventTime'))} UTC`
      : '';
  return `${name}${placeText(connector)}: ${parts.join(', ')}${range}`;
}

function toSecond(millis: number): string {
  return timeText(millis).slice(0, 19);
}

function ruleText(rule: string, count: Count): string {
  const scope = `rules.${rule}`;
  const parts = [plural(count(scope, 'alerts'), 'alert')];
  const more = { suppressed: 'suppressed', timeouts: 'timed out' } as const;
  for (const [name, text] of Object.entries(more))
    if (count(scope, name) > 0) parts.push(`${grouped(count(scope, name))} ${text}`);
  if (count(scope, 'errors') > 0) parts.push(plural(count(scope, 'errors'), 'error'));
  return parts.join(', ');
}

/** Those that are declared by their names, and of whole namespaces those that were met. */
function calledTypes({ types }: FunctionNode, metrics: MetricRegistry): readonly string[] {
  const named = types.map(({ type }) => type).filter((type) => !isNamespace(type));
  const prefixes = types.filter(({ type }) => isNamespace(type)).map(({ type }) => `functions.${type.slice(0, -1)}`);
  const met = [...metrics.entries()].flatMap(([scope, name]) =>
    name === 'messagesIn' && prefixes.some((prefix) => scope.startsWith(prefix))
      ? [scope.slice('functions.'.length)]
      : [],
  );
  return [...new Set([...named, ...met])];
}

function functionText(type: string, count: Count): string {
  const of = (name: string): number => count(`functions.${type}`, name);
  const parts = [plural(of('messagesIn'), 'message'), `${plural(of('calls'), 'call')}`];
  if (of('failures') > 0) parts.push(`${grouped(of('failures'))} of them failed`);
  if (of('givenUp') > 0) parts.push(`${plural(of('givenUp'), 'message')} given up`);
  return parts.join(', ');
}

function sinkText({ id, name, connector }: SinkNode, count: Count): string {
  return `${name}${placeText(connector)}: ${plural(count(id, 'written'), 'record')}`;
}

/** Where it lies, for connectors that have a path. */
function placeText({ type, options }: SourceNode['connector']): string {
  const paths = [options['path']].flat().filter((path) => typeof path === 'string');
  return paths.length === 0 ? ` (${type})` : ` (${paths.join(', ')})`;
}

/** Alerts that left through an egress, or went to a function: of rules that only feed other rules nothing is counted. */
export function alertCount(graph: StreamGraph, metrics: MetricRegistry): number {
  const receivers = new Set([...graph.sinks, ...functionsOf(graph)].map(({ id }) => id));
  const delivering = new Set(
    graph.edges.filter((edge) => edge.tag === 'main' && receivers.has(edge.to)).map((edge) => edge.rule),
  );
  return graph.operators
    .flatMap(rulesOf)
    .filter(({ name }) => delivering.has(name))
    .reduce((total, { name }) => total + metrics.counter(`rules.${name}`, 'alerts').value, 0);
}
