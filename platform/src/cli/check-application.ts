/** Everything that can be said about an application before it runs: its structure and names, its rules and expressions. */
import type { Diagnostic } from '../common/diagnostic.js';
import type { StreamGraph } from '../job/stream-graph.js';
import { planApplication } from '../plan/index.js';
import { sortedByPlace } from '../spec/diagnostic-bag.js';
import { loadApplication, type Loaded } from '../spec/load.js';
import { hasErrors } from './diagnostics/report.js';
import type { Io } from './io.js';
import { createRegistry } from './registry.js';
import { fileSystemHost } from './spec-host.js';

export interface Checked {
  readonly loaded: Loaded;
  /** Of the file and of the plan, in the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
  /** There exactly when there is no error. */
  readonly graph?: StreamGraph;
}

export function checkApplication(path: string, io: Pick<Io, 'env' | 'cwd'>): Checked {
  const loaded = loadApplication({ path }, { host: fileSystemHost(io), registry: createRegistry() });
  const { application, positions } = loaded;
  if (application === undefined || positions === undefined) return { loaded, diagnostics: loaded.diagnostics };
  const plan = planApplication(application, positions);
  const diagnostics = sortedByPlace([...loaded.diagnostics, ...plan.diagnostics]);
  return { loaded, diagnostics, ...(plan.graph === undefined || hasErrors(diagnostics) ? {} : { graph: plan.graph }) };
}

/** The application named on the command line, or the one of the current folder. */
export function pathOrDefault(path: string | undefined, io: Pick<Io, 'env' | 'cwd'>): string {
  if (path !== undefined) return path;
  const names = fileSystemHost(io).listFolder('.') ?? [];
  return ['application.yaml', 'application.yml'].find((name) => names.includes(name)) ?? '.';
}
