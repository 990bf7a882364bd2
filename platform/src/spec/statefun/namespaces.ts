/**
 * Endpoints of a whole namespace, `namespace/*`, as one type of functions for each that an ingress of the module leads to: an
 * application knows its types by their names. What is not named is said, as functions may be sent to by others alone.
 */
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { rangeOf } from '../read/object-level.js';
import type { ApplicationPart } from './application-part.js';

const ALL = /\/\*$/;

export function withoutNamespaces(
  parts: readonly ApplicationPart[],
  diagnostics: DiagnosticBag,
): readonly ApplicationPart[] {
  const exact = new Set(parts.filter(isExact).map(({ name }) => name));
  const targets = new Set(parts.flatMap((part) => part.targets ?? []).filter((target) => !exact.has(target)));
  return parts.flatMap((part) => {
    if (part.section !== 'functions' || isExact(part)) return [part];
    const prefix = part.name.slice(0, -1);
    const named = [...targets].filter((target) => target.startsWith(prefix));
    const which = named.length === 0 ? 'none' : named.join(', ');
    diagnostics.warning('TG162', `${part.name} stands for the functions that an ingress leads to: ${which}`, {
      range: rangeOf(part.node),
      help: 'Write a document of its own, with the same URL, for each function that others send to.',
    });
    return named.map((name) => ({ ...part, name }));
  });
}

function isExact({ section, name }: ApplicationPart): boolean {
  return section === 'functions' && !ALL.test(name);
}
