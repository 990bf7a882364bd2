/**
 * The rules of the house over a set of sources: pure, so that the tests can show on made-up sources that each rule can
 * fail. What is allowed is data (`House`); a violation is one line that says where, what and which rule.
 */
import { dirname, join } from 'node:path/posix';
import { lineOf, readSourceText, type ImportedModule, type SourceText } from './source-text.js';

/** Sources by path from the root, with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

export interface House {
  /** What each package may import of the other packages. */
  readonly star: Readonly<Record<string, readonly string[]>>;
  /** Folders of `platform/src`, lowest first. */
  readonly floors: readonly string[];
  /** Pairs of folder groups: the first imports nothing of the second, although the floors would let it. */
  readonly apart: readonly { readonly of: readonly string[]; readonly from: readonly string[] }[];
  /** Node's own modules that reach the world, and where they may be imported. */
  readonly worldModules: readonly string[];
  /** Names that read a clock, roll dice or set a timer, as patterns over code without text and comments. */
  readonly worldNames: readonly RegExp[];
  /** Where the world may be reached, by path prefix. */
  readonly doors: Readonly<Record<string, Door>>;
}

export interface Door {
  /** `modules`: I/O only; clock, timers and dice still come through ports. */
  readonly opens: 'everything' | 'modules';
  readonly because: string;
}

export function checkHouse(sources: Sources, house: House): string[] {
  const texts = new Map([...sources].map(([path, source]) => [path, readSourceText(source)]));
  return [
    ...[...texts].flatMap(([path, text]) => text.imports.flatMap((imported) => checkImport(path, imported, house))),
    ...[...texts].flatMap(([path, text]) => checkWorld(path, text, house)),
    ...checkDoors(sources, house),
    ...checkCycles(texts),
  ];
}

function checkImport(path: string, imported: ImportedModule, house: House): string[] {
  const where = `${path}:${imported.line}`;
  const mine = packageOf(path);
  const theirs = importedPackage(path, imported.specifier);
  if (theirs !== undefined && theirs !== mine) {
    if (house.star[mine]?.includes(theirs) === true) return [];
    return [`${where} imports ${theirs}: the package ${mine} may import ${list(house.star[mine] ?? [])} of ours`];
  }
  const target = resolveImport(path, imported.specifier);
  if (target === undefined) return [];
  const from = folderOf(path);
  const to = folderOf(target);
  if (from === undefined || to === undefined || from === to) return [];
  const [mineAt, theirsAt] = [house.floors.indexOf(from), house.floors.indexOf(to)];
  if (mineAt === -1) return [`${where}: the folder ${from} is on no floor`];
  if (theirsAt === -1) return [`${where}: the folder ${to} is on no floor`];
  if (theirsAt > mineAt) return [`${where} imports ${to} (floor ${theirsAt + 1}) from ${from} (floor ${mineAt + 1})`];
  const kept = house.apart.find((pair) => pair.of.includes(from) && pair.from.includes(to));
  return kept === undefined ? [] : [`${where} imports ${to} from ${from}: these are kept apart`];
}

function checkWorld(path: string, text: SourceText, house: House): string[] {
  const doors = Object.entries(house.doors).filter(([prefix]) => path.startsWith(prefix));
  if (doors.some(([, door]) => door.opens === 'everything')) return [];
  const names = house.worldNames.flatMap((name) =>
    [...text.code.matchAll(new RegExp(name, 'g'))].map(
      (found) => `${path}:${lineOf(text.code, found.index)} uses ${found[0].trim()}: go through a port`,
    ),
  );
  if (doors.length > 0) return names;
  const modules = text.imports
    .filter(({ specifier }) => house.worldModules.includes(specifier.replace(/^node:/, '')))
    .map(({ specifier, line }) => `${path}:${line} imports ${specifier}, which reaches the world: go through a port`);
  return [...modules, ...names];
}

/** A door that leads nowhere is a hole for the next file of that name. */
function checkDoors(sources: Sources, house: House): string[] {
  return Object.keys(house.doors)
    .filter((prefix) => ![...sources.keys()].some((path) => path.startsWith(prefix)))
    .map((prefix) => `${prefix} is listed as a door to the world, but there is no such file`);
}

/** Of what is loaded at run time: two files may name each other's types. */
function checkCycles(texts: ReadonlyMap<string, SourceText>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const begin = way.indexOf(path);
    if (begin !== -1) {
      found.push(`cycle of imports: ${[...way.slice(begin), path].join(' → ')}`);
      return;
    }
    if (done.has(path)) return;
    for (const { specifier, typeOnly } of texts.get(path)?.imports ?? []) {
      const target = typeOnly ? undefined : resolveImport(path, specifier);
      if (target !== undefined && texts.has(target)) visit(target, [...way, path]);
    }
    done.add(path);
  };
  for (const path of texts.keys()) visit(path, []);
  return found;
}

function packageOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

/** The package of ours that an import leads to, by its name or out of the own folder; undefined for all others. */
function importedPackage(path: string, specifier: string): string | undefined {
  const named = /^@tidegate\/([^/]+)/.exec(specifier);
  if (named !== null) return named[1];
  return specifier.startsWith('.') ? packageOf(join(dirname(path), specifier)) : undefined;
}

/** The source file of a relative import. */
function resolveImport(path: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? join(dirname(path), specifier).replace(/\.js$/, '.ts') : undefined;
}

/** The folder of `platform/src` that a file lies in. */
function folderOf(path: string): string | undefined {
  return /^platform\/src\/([^/]+)\//.exec(path)?.[1];
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
