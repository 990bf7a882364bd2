/**
 * Text to Application: the one way in for every command. Everything that is wrong with the structure, the names and
 * the references is found in one go; what is wrong with rules and expressions is found by `plan`, from the result.
 */
import type { Diagnostic } from '../common/diagnostic.js';
import type { Application } from './application.js';
import { buildApplication } from './build/application.js';
import { applicationDeclaration } from './declaration/application.js';
import { DiagnosticBag } from './diagnostic-bag.js';
import type { SpecHost } from './host.js';
import { mergeFiles, reportTwice } from './merge.js';
import type { Positions } from './positions.js';
import { NameTable } from './read/name-table.js';
import type { ObjectLevel } from './read/object-level.js';
import { Placeholders } from './read/placeholders.js';
import { Reader } from './read/reader.js';
import { ScalarReader } from './read/scalar-reader.js';
import { SchemaReader } from './read/schema-reader.js';
import type { Registry } from './registry.js';
import { readSources, type ApplicationInput } from './sources.js';
import type { Entry, MapNode } from './text/node.js';
import { isModule } from './statefun/is-module.js';
import { jobName, moduleRoot } from './statefun/module-root.js';
import type { ModuleReading } from './statefun/spec-fields.js';
import { firstDocument, parseDocuments, parseYaml, topKeys } from './text/parse-yaml.js';
import type { SourceText } from './text/source-text.js';
import { TreePositions } from './text/tree-positions.js';

export interface Loaded {
  /**
   * Absent when no file could be read as YAML. With errors among the diagnostics it is a draft: what is broken is left
   * out, misspelt names are taken as what was meant; fit for further checks, never to be run.
   */
  readonly application?: Application;
  readonly positions?: Positions;
  /** In the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
  /** By file as in the diagnostics, for frames. */
  readonly sources: ReadonlyMap<string, SourceText>;
  /** Values that must never be printed. */
  readonly secrets: ReadonlySet<string>;
}

export interface LoadOptions {
  readonly host: SpecHost;
  readonly registry: Registry;
}

export function loadApplication(input: ApplicationInput, { host, registry }: LoadOptions): Loaded {
  const diagnostics = new DiagnosticBag();
  const { sources, baseDir } = readSources(input, host, diagnostics);
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const placeholders = new Placeholders(host, diagnostics);
  const declaration = applicationDeclaration(registry);
  const sections = Object.keys(declaration.fields);
  const [first, ...others] = readRoots(sources, sections, { placeholders, diagnostics });
  if (first === undefined) return { diagnostics: diagnostics.sorted(), sources: byFile, secrets: new Set() };

  const root = mergeFiles([first, ...others], diagnostics);
  const scalars = new ScalarReader(placeholders, diagnostics);
  const readSibling = (path: string) => new TextDecoder().decode(host.readFile(host.resolve(baseDir, path)));
  const reader = new Reader(scalars, new SchemaReader(readSibling, placeholders, diagnostics), diagnostics);
  const level = reader.level(declaration, root, []);
  scalars.names = definedNames(level, diagnostics);
  const draft = reader.read(declaration, root, []);
  // A misspelt section stands among the level's entries by its name, one of the wrong kind among the root's alone.
  const isWritten = (section: string): boolean =>
    level.entries.has(section) || root.entries.some(({ key }) => key === section);
  const positions = new TreePositions(root);
  const application = draft && buildApplication(draft, isWritten, { registry, positions, diagnostics, host, baseDir });
  return {
    ...(application === undefined ? {} : { application }),
    positions,
    diagnostics: diagnostics.sorted(),
    sources: byFile,
    secrets: new Set([...placeholders.secrets, ...scalars.secrets]),
  };
}

/** A tree for each file. A folder may hold modules of StateFun beside the files of an application. */
function readRoots(
  sources: readonly SourceText[],
  sections: readonly string[],
  reading: ModuleReading,
): readonly MapNode[] {
  const files = sources.map((source) => {
    const first = firstDocument(source);
    return { source, first, isModule: isModule(topKeys(source, first), sections) };
  });
  const isNamed = files.some((file) => !file.isModule);
  const { diagnostics } = reading;
  return files.flatMap(({ source, first, isModule }) => {
    if (!isModule) return parseYaml(source, diagnostics, first) ?? [];
    const [document, ...more] = parseDocuments(source, diagnostics);
    if (document === undefined) return [];
    const name = isNamed ? undefined : jobName(source.file);
    return moduleRoot([document, ...more], { name }, reading);
  });
}

/** Ingresses and rules share one name space, as both can be read by rules. */
function definedNames(level: ObjectLevel, diagnostics: DiagnosticBag): NameTable {
  const entriesOf = (section: string): readonly Entry[] => {
    const value = level.entries.get(section)?.value;
    return value?.kind === 'map' ? (value satisfies MapNode).entries : [];
  };
  const ingresses = new Map(entriesOf('ingresses').map((entry) => [entry.key, entry]));
  for (const rule of entriesOf('rules')) {
    const ingress = ingresses.get(rule.key);
    if (ingress !== undefined) reportTwice(`the name ${rule.key} of a rule and an ingress`, ingress, rule, diagnostics);
  }
  const names = (section: string, required: boolean) => {
    const value = level.entries.get(section)?.value;
    const isEmpty = value?.kind === 'scalar' && value.value === null;
    if (value?.kind === 'map' || isEmpty || (value === undefined && !required))
      return new Set(entriesOf(section).map((entry) => entry.key));
    return 'unknown';
  };
  const hasRequests = level.entries.has('requests');
  return new NameTable({
    ingress: names('ingresses', !hasRequests),
    rule: names('rules', false),
    egress: names('egresses', !hasRequests),
    table: names('tables', false),
    function: names('functions', false),
  });
}
