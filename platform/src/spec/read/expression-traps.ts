/**
 * Where YAML took only a part of an expression, without calling it an error: a ` #` inside quotes begins a comment, a
 * comma inside braces ends the value. The text is taken as it was meant, so that the rest can be checked.
 */
import type { Entry, ListNode, MapNode, Node, ScalarNode } from '../text/node.js';

export interface Cut {
  readonly node: ScalarNode;
  readonly message: string;
}

/** The whole text of a plain scalar that a comment cut off within a string literal. */
export function cutByComment(node: ScalarNode): Cut | undefined {
  if (node.style !== 'plain' || !endsInString(node.text)) return undefined;
  const { source } = node;
  const lineEnd = source.text.indexOf('\n', node.end);
  const rest = source.text.slice(node.end, lineEnd === -1 ? undefined : lineEnd).trimEnd();
  if (!/^\s+#/.test(rest)) return undefined;
  return {
    node: retaken(node, node.end + rest.length),
    message: 'YAML reads the rest of the line after " #" as a comment',
  };
}

/** A map's entries, or a list's items, with what commas cut off put back; `cut` holds those that were mended. */
export interface Rejoined<T> {
  readonly parts: readonly T[];
  readonly cut: readonly T[];
}

/** In braces, what follows the comma was read as keys without values. */
export function rejoinedEntries(map: MapNode, isExpression: (key: string) => boolean): Rejoined<Entry> {
  if (!map.flow) return { parts: map.entries, cut: [] };
  const parts: Entry[] = [];
  const cut = new Map<Entry, Entry>();
  for (const entry of map.entries) {
    const last = parts.at(-1);
    if (entry.bare && last !== undefined && last.value.kind === 'scalar' && !last.bare && isExpression(last.key)) {
      const mended = { ...last, value: retaken(last.value, entry.keyNode.end) };
      parts[parts.length - 1] = mended;
      cut.delete(last);
      cut.set(mended, mended);
    } else parts.push(entry);
  }
  return { parts, cut: [...cut.values()] };
}

/** In brackets, what follows the comma was read as further items; an open parenthesis shows that it is none. */
export function rejoinedItems(list: ListNode): Rejoined<{ readonly node: Node; readonly index: number }> {
  const items = list.items.map((node, index) => ({ node, index }));
  if (!list.flow) return { parts: items, cut: [] };
  const parts: { node: Node; index: number }[] = [];
  const cut = new Set<{ node: Node; index: number }>();
  for (const item of items) {
    const last = parts.at(-1);
    if (last?.node.kind === 'scalar' && isOpen(last.node)) {
      last.node = retaken(last.node, item.node.end);
      cut.add(last);
    } else parts.push(item);
  }
  return { parts, cut: [...cut] };
}

/** Longer texts are no expressions that someone wrote, and putting them together would take quadratic time. */
const MAX_MENDED = 2_000;

function isOpen(node: ScalarNode): boolean {
  return node.style === 'plain' && node.text.length < MAX_MENDED && openParentheses(node.text) > 0;
}

function openParentheses(text: string): number {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
  return bare.split('(').length - bare.split(')').length;
}

function retaken(node: ScalarNode, end: number): ScalarNode {
  const text = node.source.text.slice(node.start, end);
  return { ...node, value: text, text, end };
}

/** Whether the text stops within a CEL string literal. */
function endsInString(text: string): boolean {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charAt(at);
    if (quote === '') quote = unit === '"' || unit === "'" ? unit : '';
    else if (unit === '\\') at += 1;
    else if (unit === quote) quote = '';
  }
  return quote !== '';
}
