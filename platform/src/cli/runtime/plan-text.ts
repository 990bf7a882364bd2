/**
 * A plan as it lies with the checkpoints that were taken under it.
 *
 * Invariants
 * - It holds no secrets: they stand in the options of connectors and formats and in the names of tables' files, and are
 *   masked there. So two plans that differ in a secret alone are the same, as they should be.
 */
import type { StreamGraph } from '../../job/stream-graph.js';

export function planBytes(graph: StreamGraph, secrets: ReadonlySet<string>): Uint8Array {
  const masked = <N extends SourceOrSink>(node: N): N => ({
    ...node,
    connector: withoutSecrets(node.connector, secrets),
    format: withoutSecrets(node.format, secrets),
  });
  return Buffer.from(
    JSON.stringify({
      ...graph,
      tables: graph.tables.map((table) => ({ ...table, file: withoutSecrets(table.file, secrets) })),
      sources: graph.sources.map(masked),
      sinks: graph.sinks.map(masked),
    }),
  );
}

export function planOf(bytes: Uint8Array): StreamGraph {
  return JSON.parse(Buffer.from(bytes).toString()) as StreamGraph;
}

type SourceOrSink = StreamGraph['sources'][number] | StreamGraph['sinks'][number];

function withoutSecrets<T>(value: T, secrets: ReadonlySet<string>): T {
  const mask = (_key: string, member: unknown): unknown => {
    if (typeof member !== 'string') return member;
    return [...secrets].reduce((text, secret) => (secret === '' ? text : text.replaceAll(secret, '***')), member);
  };
  return JSON.parse(JSON.stringify(value, mask)) as T;
}
