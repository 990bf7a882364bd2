/**
 * Bytes of a file to its text. What no parser should see is refused here, before one sees it: too much text, another
 * encoding than UTF-8, control characters.
 */
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { SourceText } from './source-text.js';

/** An application is written by people; larger files are not one. */
export const MAX_FILE_BYTES = 2 * 1024 * 1024;

const UTF16_MARKS: readonly (readonly [number, number])[] = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

export function decodeSource(file: string, bytes: Uint8Array, diagnostics: DiagnosticBag): SourceText | undefined {
  if (bytes.length > MAX_FILE_BYTES) {
    const [found, most] = [bytes.length, MAX_FILE_BYTES].map((size) => size / (1024 * 1024));
    const message = `${file} is too large: it has ${found?.toFixed(1)} MiB, and a file of an application at most ${most} MiB`;
    diagnostics.error('TG101', message, {
      range: startOf(file),
      help: 'Split it into several files of one folder.',
    });
    return undefined;
  }
  if (UTF16_MARKS.some(([first, second]) => bytes[0] === first && bytes[1] === second)) {
    diagnostics.error('TG101', `${file} is UTF-16 text`, { range: startOf(file), help: 'Save it as UTF-8.' });
    return undefined;
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    const good = new TextDecoder('utf-8').decode(bytes.subarray(0, validPrefix(bytes)));
    const source = new SourceText(file, good);
    diagnostics.error('TG101', `${file} is not UTF-8 text: byte ${validPrefix(bytes)} begins no character`, {
      range: source.range(good.length, good.length),
      help: 'Save it as UTF-8.',
    });
    return undefined;
  }
  const source = new SourceText(file, text);
  return isFreeOfControls(source, diagnostics) ? source : undefined;
}

/** A leading byte order mark is dropped; undefined when the bytes are not UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The length of the longest prefix that is UTF-8, by bisection. */
function validPrefix(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isPrefixOfUtf8(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isPrefixOfUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Everything below a space but tab and line ends; DEL; and a byte order mark within the text. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufeff]|\r(?!\n)/;

function isFreeOfControls(source: SourceText, diagnostics: DiagnosticBag): boolean {
  const found = CONTROL.exec(source.text);
  if (found === null) return true;
  const code = found[0].charCodeAt(0);
  const name =
    code === 0 ? 'a NUL character' : `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  diagnostics.error('TG101', `the text holds ${name}`, {
    range: source.range(found.index, found.index + 1),
    help:
      code === 13
        ? 'End lines with LF or CRLF.'
        : 'Remove it, or write it as an escape in double quotes, such as "\\x00".',
  });
  return false;
}

function startOf(file: string) {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}
