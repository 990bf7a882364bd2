/** What an edited application keeps of a saved state, for people, before it starts. */
import type { Compatibility, StateChange } from '../../plan/compatibility/index.js';

/** Most important first. */
const HEADINGS: readonly (readonly [effect: StateChange['effect'], heading: string])[] = [
  ['gone', 'not in the application any more'],
  ['lost', 'not kept'],
  ['partly', 'kept in part'],
  ['kept', 'kept'],
  ['new', 'new'],
];

/** One line each, under headings; empty when there is nothing to say. */
export function compatibilityText({ changes }: Compatibility): string {
  const lines = HEADINGS.flatMap(([effect, heading]) => {
    const found = changes.filter((change) => change.effect === effect);
    return found.length === 0 ? [] : [`  ${heading}:`, ...found.flatMap(linesOf)];
  });
  return lines.length === 0 ? '' : ['the application has changed since its state was saved', ...lines, ''].join('\n');
}

function linesOf({ subject, message, help }: StateChange): string[] {
  return [`    ${subject} ${message}`, ...(help === undefined ? [] : [`      ${help}`])];
}
