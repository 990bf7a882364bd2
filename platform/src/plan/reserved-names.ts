/** Names that a user cannot give, because expressions or the alert's own JSON give them a meaning. */
import type { Path } from '../spec/positions.js';
import type { Findings } from './findings.js';

/** Words of CEL's grammar, its reserved words, and the identifiers that are reserved here. */
const RESERVED_IN_EXPRESSIONS = new Set([
  ...['true', 'false', 'null', 'in'],
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop'],
  ...['package', 'namespace', 'return', 'var', 'void', 'while'],
  ...['event', 'tables', 'alert'],
]);

/** What an alert says of itself, beside its `select` fields. */
const ENVELOPE = new Set(['id', 'rule', 'severity', 'tags', 'key', 'time', 'message', 'stages', 'event', 'timedOutAt']);

/** Whether the name was refused. */
export function refuseReservedName(
  what: string,
  name: string,
  path: Path,
  part: 'key' | 'value',
  findings: Findings,
): boolean {
  if (!RESERVED_IN_EXPRESSIONS.has(name)) return false;
  findings.error(
    'TG303',
    `the ${what} cannot be called "${name}", which has a meaning of its own in expressions`,
    path,
    {
      part,
      help: `choose another name, e.g. "${name}1"`,
    },
  );
  return true;
}

export function refuseEnvelopeName(name: string, path: Path, findings: Findings): boolean {
  if (!ENVELOPE.has(name)) return false;
  findings.error('TG305', `every alert has a "${name}" of its own, so a select field cannot be called so`, path, {
    part: 'key',
    help: `choose another name, e.g. "${name}1"; the alert's own: ${[...ENVELOPE].join(', ')}`,
  });
  return true;
}
