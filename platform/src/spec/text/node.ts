/**
 * The text as a tree of our own: what the YAML parser gave, with aliases followed and every place known. The rest of
 * the front knows nothing of the parser.
 *
 * Invariants
 * - Offsets are those of `source.text`; a scalar's range is that of its token, quotes included.
 * - Keys are text, each once in a map. A Map-like list of entries, so that `__proto__` is only a key.
 * - A node may be shared by several parents (an alias), never by its own descendants.
 */
import type { SourceText } from './source-text.js';

interface NodeBase {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

export type ScalarStyle = 'plain' | 'single-quoted' | 'double-quoted' | 'literal' | 'folded';

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  /** As YAML 1.2's core schema reads it. */
  readonly value: string | number | bigint | boolean | null;
  /** The text: of a string its value, of anything else what was written. */
  readonly text: string;
  readonly style: ScalarStyle;
  /** Stands for something that could not be read, which was reported. */
  readonly unreadable?: true;
  /** For messages: what was written, where `text` is made of it. Such a text is no longer looked through for placeholders. */
  readonly written?: string;
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  /** Written in brackets. */
  readonly flow: boolean;
  readonly items: readonly Node[];
}

export interface Entry {
  readonly key: string;
  readonly keyNode: ScalarNode;
  readonly value: Node;
  /** Written without a value: `{ a, b }`. */
  readonly bare: boolean;
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  /** Written in braces. */
  readonly flow: boolean;
  readonly entries: readonly Entry[];
}

export type Node = ScalarNode | ListNode | MapNode;

export function entryOf(node: MapNode, key: string): Entry | undefined {
  return node.entries.find((entry) => entry.key === key);
}
