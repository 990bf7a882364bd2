/** From the text of an application to its plan, as the commands do it, without a disk. */
import { bullmq } from '@tidegate/connectors/bullmq';
import { file } from '@tidegate/connectors/file';
import { csv, json } from '@tidegate/connectors/formats';
import { http } from '@tidegate/connectors/http';
import { stdout } from '@tidegate/connectors/stdout';
import type { Diagnostic } from '../../src/common/diagnostic.js';
import type { StreamGraph } from '../../src/job/stream-graph.js';
import { planApplication } from '../../src/plan/index.js';
import type { Application } from '../../src/spec/application.js';
import { loadApplication } from '../../src/spec/load.js';
import type { Registry } from '../../src/spec/registry.js';

const registry: Registry = {
  sources: new Map([
    ['file', file.source!],
    ['http', http.source!],
  ]),
  sinks: new Map([
    ['file', file.sink!],
    ['stdout', stdout.sink!],
    ['bullmq', bullmq.sink!],
  ]),
  formats: new Map([
    ['json', json],
    ['csv', csv],
  ]),
};

export interface PlannedText {
  readonly application?: Application;
  readonly graph?: StreamGraph;
  /** Of the file's structure and of the plan. */
  readonly diagnostics: readonly Diagnostic[];
}

export function planText(text: string): PlannedText {
  const { application, positions, diagnostics } = loadApplication(
    { texts: [{ file: 'app.yaml', text }], baseDir: '/app' },
    {
      registry,
      host: {
        env: {},
        resolve: (...paths) => paths.reduce((base, path) => (path.startsWith('/') ? path : `${base}/${path}`)),
        readFile: (path) => {
          throw new Error(`no file ${path}`);
        },
        listFolder: () => undefined,
      },
    },
  );
  if (application === undefined || positions === undefined) return { diagnostics };
  const plan = planApplication(application, positions);
  return { ...plan, application, diagnostics: [...diagnostics, ...plan.diagnostics] };
}

/** `TG344 amount > 5`: the code, and the text that the diagnostic points at, as far as it stands on one line. */
export function summaryOf({ code, range }: Diagnostic, text: string): string {
  if (range === undefined) return code;
  const line = text.split('\n')[range.line - 1] ?? '';
  const end = range.endLine === range.line ? range.endColumn : line.length + 1;
  return `${code} ${line.slice(range.column - 1, end - 1)}`;
}
