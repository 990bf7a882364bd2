/**
 * Where YAML took only a part of an expression, without calling it an error: a ` #` inside quotes begins a comment, a
 * comma inside braces ends the value. The text is taken as it was meant, so that the rest can be checked.
 */
import type { MapNode, Node, ScalarNode } from '../text/node.js';

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

/** The whole text of a scalar in braces that a comma cut off, with the keys that its rest was read as. */
export function cutByComma(map: MapNode, index: number): (Cut & { readonly rest: ReadonlySet<string> }) | undefined {
  const entry = map.entries[index];
  if (!map.flow || entry === undefined || entry.value.kind !== 'scalar' || entry.value.style !== 'plain')
    return undefined;
  const rest = new Set<string>();
  let end = entry.value.end;
  for (const next of map.entries.slice(index + 1)) {
    if (!next.bare) break;
    rest.add(next.key);
    end = next.keyNode.end;
  }
  if (rest.size === 0) return undefined;
  return { node: retaken(entry.value, end), rest, message: 'inside { } a comma ends the expression' };
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

/** Scalars of a list of conditions, or the one condition. */
export function scalarsOf(node: Node): readonly ScalarNode[] {
  if (node.kind === 'scalar') return [node];
  return node.kind === 'list' ? node.items.filter((item): item is ScalarNode => item.kind === 'scalar') : [];
}
