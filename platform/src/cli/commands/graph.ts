/** `tidegate graph`: the dataflow that an application becomes, as a picture. */
import type { StreamGraph } from '../../job/stream-graph.js';
import { oneOf, parseArguments } from '../arguments.js';
import { pathOrDefault, soundApplication } from '../check-application.js';
import { drawDot } from '../graph/draw-dot.js';
import { drawMermaid } from '../graph/draw-mermaid.js';
import { drawText } from '../graph/draw-text.js';
import { executionView } from '../graph/execution-view.js';
import { jobView } from '../graph/job-view.js';
import { streamView } from '../graph/stream-view.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate graph [PATH] [--level stream|job|execution] [--format text|dot|mermaid|json]

Draws the dataflow of an application: which rules read what, and where their alerts go.
  --level stream     what the application says (the default)
  --level job        its operators with their parallelism; chained ones run in one task, as plain calls
  --level execution  its tasks with their subtasks, the slot of each and the key groups whose state it has
  --format dot       for Graphviz: tidegate graph --format dot | dot -Tsvg > graph.svg
  --format mermaid   for Markdown pages
  --format json      the whole plan, as the job runs it (of the level stream)
`;

const LEVELS = { stream: streamView, job: jobView, execution: executionView } as const;

function run(args: readonly string[], io: Io): number {
  const { values, positionals } = parseArguments(args, {
    format: { type: 'string', default: 'text' },
    level: { type: 'string', default: 'stream' },
  });
  const format = oneOf('format', values.format, ['text', 'dot', 'mermaid', 'json']);
  const level = oneOf('level', values.level, ['stream', 'job', 'execution']);
  if (format === 'json' && level !== 'stream')
    throw new UsageError(`--format json is the plan, which all levels are made of; leave --level ${level} out`);
  const sound = soundApplication(pathOrDefault(positionals[0], io), io);
  if (sound === undefined) return EXIT.failed;
  const { graph, secrets } = sound;
  const draw = { text: drawText, dot: drawDot, mermaid: drawMermaid };
  io.out(format === 'json' ? planText(graph, secrets) : draw[format](LEVELS[level](graph)));
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
