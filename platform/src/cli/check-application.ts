/** Everything that can be said about an application before it runs: its structure and names, its rules and expressions. */
import type { Diagnostic } from '../common/diagnostic.js';
import type { StreamGraph } from '../job/stream-graph.js';
import { planApplication, type Plan } from '../plan/index.js';
import type { Application } from '../spec/application.js';
import { sortedByPlace } from '../spec/diagnostic-bag.js';
import { loadApplication, type Loaded } from '../spec/load.js';
import type { Positions } from '../spec/positions.js';
import type { ApplicationInput } from '../spec/sources.js';
import { hasErrors, reportText } from './diagnostics/report.js';
import { usesColour, type Io } from './io.js';
import { createRegistry } from './registry.js';
import { fileSystemHost } from './spec-host.js';

export interface Checked {
  readonly loaded: Loaded;
  /** Of the file and of the plan, in the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
  /** There exactly when there is no error. */
  readonly graph?: StreamGraph;
  /** There when the file could be read at all. */
  readonly scopes?: Plan['scopes'];
}

/** An application that can run. */
export interface SoundApplication {
  readonly application: Application;
  readonly positions: Positions;
  readonly graph: StreamGraph;
  readonly scopes: Plan['scopes'];
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
  /** Values that must never be printed. */
  readonly secrets: ReadonlySet<string>;
}

export function checkApplication(path: string, io: Pick<Io, 'env' | 'cwd'>): Checked {
  return checkInput({ path }, io);
}

/** The same for texts that are already there. */
export function checkInput(input: ApplicationInput, io: Pick<Io, 'env' | 'cwd'>): Checked {
  const loaded = loadApplication(input, { host: fileSystemHost(io), registry: createRegistry() });
  const { application, positions } = loaded;
  if (application === undefined || positions === undefined) return { loaded, diagnostics: loaded.diagnostics };
  const { graph, scopes, diagnostics: found } = planApplication(application, positions);
  // Of a draft with holes the plan's warnings ("not used") may be untrue; its errors are not.
  const meant = hasErrors(loaded.diagnostics) ? found.filter((one) => one.severity === 'error') : found;
  const diagnostics = sortedByPlace([...loaded.diagnostics, ...meant]);
  return { loaded, diagnostics, scopes, ...(graph === undefined || hasErrors(diagnostics) ? {} : { graph }) };
}

/** For commands that need an application without errors: otherwise reports them, and gives undefined. */
export function soundApplication(path: string, io: Io): SoundApplication | undefined {
  const { loaded, diagnostics, graph, scopes } = checkApplication(path, io);
  const { application, positions } = loaded;
  if (graph !== undefined && scopes !== undefined && application !== undefined && positions !== undefined) {
    return { application, positions, graph, scopes, diagnostics, secrets: loaded.secrets };
  }
  io.err(reportText(diagnostics, 'text', { ...loaded, colour: usesColour(io, 'err') }));
  return undefined;
}

/** The application named on the command line, or the one of the current folder. */
export function pathOrDefault(path: string | undefined, io: Pick<Io, 'env' | 'cwd'>): string {
  if (path !== undefined) return path;
  const names = fileSystemHost(io).listFolder('.') ?? [];
  return ['application.yaml', 'application.yml'].find((name) => names.includes(name)) ?? '.';
}
