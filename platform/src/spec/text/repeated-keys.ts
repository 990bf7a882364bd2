/**
 * How many keys of a text are written again in their own map, counted while the text is read: a text of nothing else
 * is stopped before it is composed and thousands of findings are made of it. Whoever repeats fewer is told of each
 * where the nodes are built.
 *
 * Invariants
 * - A key is compared as it is written: `k` and `"k"` are two here, and one there.
 * - Looks at the innermost map alone, and at each of its items once: the work is that of the lexemes.
 */
import type { CST } from 'yaml';

interface SeenKeys {
  readonly names: Set<string>;
  /** Of the map's items, those that were looked at. */
  items: number;
}

export class RepeatedKeys {
  count = 0;
  private readonly seen = new WeakMap<CST.Token, SeenKeys>();

  /** After every lexeme, with what the parser is building, the innermost last. */
  note(stack: readonly CST.Token[]): void {
    const map = stack.at(-1);
    if (map === undefined || !isMap(map)) return;
    const key = map.items.at(-1)?.key;
    if (key == null || !('source' in key)) return;
    const seen = this.keysOf(map);
    if (seen.items === map.items.length) return;
    seen.items = map.items.length;
    if (seen.names.has(key.source)) this.count += 1;
    else seen.names.add(key.source);
  }

  private keysOf(map: CST.Token): SeenKeys {
    let seen = this.seen.get(map);
    if (seen === undefined) this.seen.set(map, (seen = { names: new Set(), items: 0 }));
    return seen;
  }
}

function isMap(token: CST.Token): token is CST.BlockMap | CST.FlowCollection {
  return token.type === 'block-map' || (token.type === 'flow-collection' && token.start.type === 'flow-map-start');
}
