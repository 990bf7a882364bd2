/** The files of a folder as one application: sections are merged, and a name that two files define is an error. */
import type { DiagnosticBag } from './diagnostic-bag.js';
import { rangeOf } from './read/object-level.js';
import type { Entry, MapNode } from './text/node.js';

/** At least one root. */
export function mergeFiles(roots: readonly [MapNode, ...MapNode[]], diagnostics: DiagnosticBag): MapNode {
  const [first, ...others] = roots;
  if (others.length === 0) return first;
  const sections = new Map<string, Entry>();
  for (const entry of roots.flatMap((root) => root.entries)) {
    const earlier = sections.get(entry.key);
    if (earlier === undefined) sections.set(entry.key, entry);
    else if (isSection(earlier) && isSection(entry))
      sections.set(entry.key, { ...earlier, value: joined(earlier, entry, diagnostics) });
    else reportTwice(entry.key, earlier, entry, diagnostics);
  }
  return { ...first, entries: [...sections.values()] };
}

type Section = Entry & { readonly value: MapNode };

function isSection(entry: Entry): entry is Section {
  return entry.value.kind === 'map';
}

function joined(earlier: Section, later: Section, diagnostics: DiagnosticBag): MapNode {
  const names = new Map(earlier.value.entries.map((entry) => [entry.key, entry]));
  for (const entry of later.value.entries) {
    const known = names.get(entry.key);
    if (known === undefined) names.set(entry.key, entry);
    else reportTwice(`${earlier.key}.${entry.key}`, known, entry, diagnostics);
  }
  return { ...earlier.value, entries: [...names.values()] };
}

export function reportTwice(what: string, earlier: Entry, later: Entry, diagnostics: DiagnosticBag): void {
  diagnostics.error('TG121', `${what} is defined twice`, {
    range: rangeOf(later.keyNode),
    related: [{ message: 'first defined here', range: rangeOf(earlier.keyNode) }],
    help: 'Rename or remove one of them.',
  });
}
