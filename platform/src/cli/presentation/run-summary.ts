/** What a run read, found and wrote, as lines for people. The last line is always `N alerts`. */
import { rulesOf } from '../../job/graph-index.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import { grouped } from './live-line.js';

export function runSummary(graph: StreamGraph, metrics: MetricRegistry): string[] {
  const count = (scope: string, name: string): number => metrics.counter(scope, name).value;
  const lines: string[] = [];
  for (const { id, name } of graph.sources) {
    const parts = [`${grouped(count(id, 'records'))} events`];
    if (count(id, 'late') > 0) parts.push(`${grouped(count(id, 'late'))} of them late`);
    if (count(id, 'bad') > 0) parts.push(`${grouped(count(id, 'bad'))} bad records`);
    lines.push(`read   ${name}: ${parts.join(', ')}`);
  }
  for (const node of graph.operators) {
    const keyless = count(node.id, 'keyless');
    if (keyless > 0) lines.push(`       ${grouped(keyless)} events without a usable key`);
    for (const rule of rulesOf(node)) lines.push(`found  ${rule.name}: ${ruleText(rule.name, count)}`);
  }
  for (const { id, name } of graph.sinks) lines.push(`wrote  ${name}: ${grouped(count(id, 'written'))}`);
  lines.push(`${alertCount(graph, metrics)} alerts`);
  return lines;
}

function ruleText(rule: string, count: (scope: string, name: string) => number): string {
  const scope = `rules.${rule}`;
  const suppressed = count(scope, 'suppressed');
  const errors = count(scope, 'errors');
  const parts = [plural(count(scope, 'alerts') - suppressed, 'alert')];
  if (suppressed > 0) parts.push(`${grouped(suppressed)} suppressed`);
  if (errors > 0) parts.push(plural(errors, 'error'));
  return parts.join(', ');
}

function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Alerts that left through an egress: of rules that only feed other rules nothing is counted. */
export function alertCount(graph: StreamGraph, metrics: MetricRegistry): number {
  const sinks = new Set(graph.sinks.map(({ id }) => id));
  const delivering = new Set(
    graph.edges.filter((edge) => edge.tag === 'main' && sinks.has(edge.to)).map((edge) => edge.rule),
  );
  let total = 0;
  for (const rule of graph.operators.flatMap(rulesOf)) {
    if (!delivering.has(rule.name)) continue;
    const scope = `rules.${rule.name}`;
    total += metrics.counter(scope, 'alerts').value - metrics.counter(scope, 'suppressed').value;
  }
  return total;
}
