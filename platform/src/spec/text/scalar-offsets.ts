/**
 * Offsets within a scalar's text to offsets in the file, for every style: plain, quoted with escapes, and blocks with
 * their indentation.
 *
 * YAML's styles change white space (folding, indentation, line ends) and, in quotes, write some characters as escapes;
 * everything else stands in the source in the same order. So the text is laid along the source, character by character.
 */
import type { ScalarNode } from './node.js';

const SPACE = /\s/;

/** The range in the file of `text[start, end)`. */
export function sourceOffsets(node: ScalarNode, start: number, end: number): readonly [number, number] {
  const places = layAlong(node);
  const last = places.at(-1);
  if (last === undefined) return [node.start, node.end];
  const from = places[Math.min(start, places.length - 1)] ?? last;
  const to =
    end <= start
      ? { end: start >= places.length ? last.end : from.start }
      : (places[Math.min(end, places.length) - 1] ?? last);
  return [start >= places.length ? last.end : from.start, to.end];
}

interface Place {
  readonly start: number;
  readonly end: number;
}

function layAlong(node: ScalarNode): readonly Place[] {
  const { text, style } = node;
  const source = node.source.text;
  const places: Place[] = [];
  let at = contentStart(node);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charAt(index);
    if (style === 'double-quoted') at = skipContinuation(source, at);
    const escape = style === 'double-quoted' && source[at] === '\\' ? escapeAt(source, at) : undefined;
    if (SPACE.test(unit) && escape === undefined) {
      places.push({ start: at, end: at + 1 });
      if (SPACE.test(source.charAt(at))) at += 1;
      continue;
    }
    if (escape === undefined) while (at < node.end && SPACE.test(source.charAt(at))) at += 1;
    const here = style === 'double-quoted' && source[at] === '\\' ? escapeAt(source, at) : undefined;
    const length = here?.length ?? (style === 'single-quoted' && source.startsWith("''", at) ? 2 : 1);
    for (let unitOfEscape = 0; unitOfEscape < (here?.units ?? 1); unitOfEscape += 1)
      places.push({ start: at, end: at + length });
    index += (here?.units ?? 1) - 1;
    at += length;
  }
  return places;
}

function contentStart(node: ScalarNode): number {
  if (node.style === 'plain') return node.start;
  if (node.style === 'literal' || node.style === 'folded') {
    const lineEnd = node.source.text.indexOf('\n', node.start);
    return lineEnd === -1 ? node.end : lineEnd + 1;
  }
  return node.start + 1;
}

/** A backslash before a line end joins the lines. */
function skipContinuation(source: string, at: number): number {
  const found = /^\\[ \t]*\r?\n[ \t]*/.exec(source.slice(at, at + 200));
  return found === null ? at : at + found[0].length;
}

const HEX_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The length of an escape in the source, and how many UTF-16 units it stands for. */
function escapeAt(source: string, at: number): { length: number; units: number } {
  const digits = HEX_LENGTHS[source.charAt(at + 1)] ?? 0;
  const code = digits === 8 ? Number.parseInt(source.slice(at + 2, at + 10), 16) : 0;
  return { length: 2 + digits, units: code > 0xffff ? 2 : 1 };
}
