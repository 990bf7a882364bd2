/** `tidegate graph`: the dataflow that an application becomes, as a picture. */
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
  const { graph } = sound;
  const view = viewOf(graph);
  const draw = {
    text: drawText,
    dot: drawDot,
    mermaid: drawMermaid,
    json: () => `${JSON.stringify(graph, null, 2)}\n`,
  };
  io.out(draw[format](view));
  return EXIT.fine;
}

export const graph: Command = { usage, run };
