/** What an event is evaluated in: its ingress, its key and the tables of the application. */
import type { EvaluationLayout } from '../../expression/index.js';
import { GraphIndex } from '../../job/graph-index.js';
import type { SourceNode, StreamGraph } from '../../job/stream-graph.js';
import { keyValueOf } from '../../operators/rule/key-selector.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { Rule } from '../../spec/application.js';
import { UsageError } from '../io.js';
import { createRegistry } from '../registry.js';
import { systemClock } from '../runtime/system-clock.js';
import { TableLoader } from '../runtime/table-loader.js';
import type { Surroundings } from './explain-values.js';

/** The input that the event is of: the one that was named, or the rule's only one. */
export function inputOf(rule: Rule, named: string | undefined): string {
  const names = rule.inputs.map(({ name }) => name);
  const [only] = names;
  if (named === undefined && names.length === 1 && only !== undefined) return only;
  if (named !== undefined && names.includes(named)) return named;
  throw new UsageError(`--source says which stream the event is of: one of ${names.join(', ')}`);
}

export function sourceNode(graph: StreamGraph, name: string): SourceNode | undefined {
  return graph.sources.find((source) => source.name === name);
}

export function surroundings(graph: StreamGraph, rule: Rule, record: StreamRecord): Surroundings {
  const layout = tablesOf(graph);
  const inputs = new GraphIndex(graph).rule(rule.name)?.node.inputs ?? [];
  const isKeyed = inputs.some((input) => input.key.length > 0);
  return { layout, key: isKeyed ? keyValueOf(inputs, layout)(record) : undefined };
}

function tablesOf(graph: StreamGraph): EvaluationLayout {
  const loader = new TableLoader(graph.tables, createRegistry(), systemClock, () => undefined);
  loader.load();
  return { tables: loader.tables };
}
