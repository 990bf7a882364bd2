/**
 * Texts that somebody else has chosen, for a terminal or a log: names, ids, what a server has answered.
 *
 * Invariants
 * - Nothing in them steers a terminal, or looks as if it were a line of its own.
 */

/** On one line: control characters, line ends and what turns the direction of writing, as escapes. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, escape);
}

/** Of what may have several lines, as a stack has, those behind the first are indented: none passes for another message. */
export function printableLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line, at) => (at === 0 || line.startsWith(' ') ? printable(line) : `  ${printable(line)}`))
    .join('\n');
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
