/** Positions over the tree of nodes. */
import type { ExpressionText } from '@tidegate/connectors/api';
import type { SourceRange } from '../../common/diagnostic.js';
import type { Path, Positions } from '../positions.js';
import { entryOf, type Entry, type MapNode, type Node } from './node.js';
import { sourceOffsets } from './scalar-offsets.js';

interface Found {
  readonly node: Node;
  /** The entry that introduces the node or the nearest container of it. */
  readonly entry: Entry | undefined;
  readonly complete: boolean;
}

export class TreePositions implements Positions {
  constructor(private readonly root: MapNode) {}

  locate(path: Path, part: 'key' | 'value' = 'value'): SourceRange {
    const { node, entry, complete } = this.find(path);
    const shown = entry !== undefined && (part === 'key' || !complete) ? entry.keyNode : node;
    return shown.source.range(shown.start, Math.max(shown.end, shown.start + 1));
  }

  locateInText(path: Path, start: number, end: number): SourceRange {
    return this.within(path, undefined, start, end);
  }

  locateInExpression({ path, text, offset }: ExpressionText, start: number, end: number): SourceRange {
    return this.within(path, offset === 0 ? text : undefined, offset + start, offset + end);
  }

  /** `text`: what was read of a plain scalar whose text YAML cut off (`read/expression-traps.ts`). */
  private within(path: Path, text: string | undefined, start: number, end: number): SourceRange {
    const { node, entry } = this.find(path);
    if (node.kind === 'scalar') {
      const whole =
        text === undefined || node.style !== 'plain' || text.length <= node.text.length
          ? node
          : { ...node, text, end: node.start + text.length };
      return node.source.range(...sourceOffsets(whole, start, end));
    }
    const shown = entry?.keyNode ?? node;
    return shown.source.range(shown.start, shown.end);
  }

  private find(path: Path): Found {
    let node: Node = this.root;
    let entry: Entry | undefined;
    for (const part of path) {
      if (node.kind === 'map') {
        const found = entryOf(node, String(part));
        if (found === undefined) return { node, entry, complete: false };
        entry = found;
        node = found.value;
      } else if (node.kind === 'list' && typeof part === 'number') {
        const item: Node | undefined = node.items[part];
        if (item === undefined) return { node, entry, complete: false };
        node = item;
      } else if (part !== 0) return { node, entry, complete: false }; // one element written without its list
    }
    return { node, entry, complete: true };
  }
}
