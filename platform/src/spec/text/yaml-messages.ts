/** The parser's syntax errors in words that say what to do. */
import type { YAMLError } from 'yaml';
import type { SourceText } from './source-text.js';

interface Described {
  readonly message: string;
  readonly help?: string;
}

const ALIGN = 'Align the keys of one map with each other.';

const WITHOUT_COLON = {
  message: 'this line is no key with a value',
  help: 'Write "key: value", with a space after the colon.',
};

/** Whether the line holds one `key:` alone, so that an error about keys comes from the lines around it. */
export function isOneKey(source: SourceText, offset: number): boolean {
  return source.line(source.lineAt(offset)).split(/:(?=\s|$)/).length === 2;
}

export function describeSyntaxError(error: YAMLError, source: SourceText): Described {
  const [start, end] = error.pos;
  const found = JSON.stringify(source.text.slice(start, Math.min(end, start + 20)));
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab indents this line', help: 'YAML allows only spaces there.' };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return isOneKey(source, start)
        ? { message: 'the line after this one is indented as if it belonged to its value', help: ALIGN }
        : { message: 'a second ": " on one line', help: 'Quote the text, or begin a nested map on the next line.' };
    case 'BAD_SCALAR_START':
      return { message: `plain text cannot begin with ${found}`, help: 'Quote the text.' };
    case 'BAD_INDENT':
      return unclosed(error.message) ?? { message: 'the indentation does not fit the lines above', help: ALIGN };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `${found} is no escape in double quotes`,
        help: "Double the backslash, or use single quotes: '...'.",
      };
    case 'MULTILINE_IMPLICIT_KEY':
      return WITHOUT_COLON;
    case 'MISSING_CHAR':
      if (error.message.startsWith('Implicit map keys')) return WITHOUT_COLON;
      return /closing .quote/.test(error.message)
        ? { message: 'the quote that opens here is not closed', help: 'Close it at the end of the text.' }
        : { message: lowered(error.message) };
    default: {
      const isPlaceholder = /(?<!["'])\$\{/.test(source.line(source.lineAt(start)));
      return {
        message: lowered(error.message),
        ...(isPlaceholder ? { help: 'Quote a text that holds a placeholder: "${NAME}".' } : {}),
      };
    }
  }
}

/** For the parser, a flow collection that is not closed is one whose end is not indented. */
function unclosed(message: string): Described | undefined {
  const kind = /^Flow (map|sequence)/.exec(message)?.[1];
  if (kind === undefined) return undefined;
  return {
    message: `a ${kind === 'map' ? '{' : '['} above is not closed`,
    help: 'Close it, or indent its lines further.',
  };
}

function lowered(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}
