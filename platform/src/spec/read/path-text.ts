/** A path as messages print it: `rules.card-testing.pattern.steps[1].where`. */
import type { Path } from '../positions.js';

export function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text === '' ? 'the application' : text;
}
