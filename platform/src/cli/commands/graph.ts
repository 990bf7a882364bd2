/** `tidegate graph`: the dataflow that an application becomes, as a picture. */
import type { StreamGraph } from '../../job/stream-graph.js';
import { oneOf, parseArguments } from '../arguments.js';
import { pathOrDefault, soundApplication } from '../check-application.js';
import { drawDot } from '../graph/draw-dot.js';
import { drawMermaid } from '../graph/draw-mermaid.js';
import { drawText } from '../graph/draw-text.js';
import { viewOf } from '../graph/graph-view.js';
import { EXIT, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate graph [PATH] [--format text|dot|mermaid|json]

Draws the dataflow of an application: which rules read what, and where their alerts go.
  --format dot      for Graphviz: tidegate graph --format dot | dot -Tsvg > graph.svg
  --format mermaid  for Markdown pages
  --format json     the whole plan, as the job runs it
`;

function run(args: readonly string[], io: Io): number {
  const { values, positionals } = parseArguments(args, { format: { type: 'string', default: 'text' } });
  const format = oneOf('format', values.format, ['text', 'dot', 'mermaid', 'json']);
  const sound = soundApplication(pathOrDefault(positionals[0], io), io);
  if (sound === undefined) return EXIT.failed;
  const { graph, secrets } = sound;
  const view = viewOf(graph);
  const draw = {
    text: drawText,
    dot: drawDot,
    mermaid: drawMermaid,
    json: () => planText(graph, secrets),
  };
  io.out(draw[format](view));
  return EXIT.fine;
}

/** Secrets stand in options of connectors, as whole values or inside of them. */
function planText(graph: StreamGraph, secrets: ReadonlySet<string>): string {
  const masked = (_key: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    return [...secrets].reduce((text, secret) => text.replaceAll(secret, '***'), value);
  };
  return `${JSON.stringify(graph, masked, 2)}\n`;
}

export const graph: Command = { usage, run };
