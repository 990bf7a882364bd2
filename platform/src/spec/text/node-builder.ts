/**
 * The parser's nodes to ours: keys to text, aliases to the node they name, and what Tidegate does not accept of YAML to
 * diagnostics, with the text taken as it was probably meant, so that the rest can be checked.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { blockStyle } from './corrected-expression.js';
import type { Entry, ListNode, MapNode, Node, ScalarNode, ScalarStyle } from './node.js';
import type { SourceText } from './source-text.js';

/** Values in the whole tree, each alias counted as what it stands for: what "billion laughs" grows. */
const MAX_VALUES = 200_000;

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single-quoted',
  QUOTE_DOUBLE: 'double-quoted',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

const CORE_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

class TooManyValues extends Error {}

export class NodeBuilder {
  private readonly anchors = new Map<string, Node>();
  private readonly sizes = new WeakMap<Node, number>();

  constructor(
    private readonly source: SourceText,
    private readonly diagnostics: DiagnosticBag,
  ) {}

  /** Undefined when aliases make it too large. */
  build(contents: ParsedNode | null): Node | undefined {
    try {
      return this.node(contents, 0, undefined);
    } catch (error) {
      if (error instanceof TooManyValues) return undefined;
      throw error;
    }
  }

  private node(parsed: ParsedNode | null, offset: number, key: string | undefined): Node {
    if (parsed === null) return this.empty(offset);
    if (isAlias(parsed)) return this.followed(parsed);
    const foreign = this.foreignTag(parsed, key);
    const node = foreign ?? this.plainNode(parsed);
    if (parsed.anchor !== undefined) this.anchors.set(parsed.anchor, node);
    return node;
  }

  private plainNode(parsed: Exclude<ParsedNode, Alias.Parsed>): Node {
    if (isMap(parsed)) return this.map(parsed);
    if (isSeq(parsed)) return this.list(parsed);
    return this.scalar(parsed as Scalar.Parsed);
  }

  private map(parsed: YAMLMap.Parsed): MapNode {
    const entries = new Map<string, Entry>();
    for (const pair of parsed.items) {
      const keyNode = this.key(pair.key);
      if (keyNode === undefined) continue;
      const key = keyNode.text;
      const value = this.node(pair.value, keyNode.end, key);
      const earlier = entries.get(key);
      if (earlier === undefined) entries.set(key, { key, keyNode, value, bare: pair.value === null });
      else this.duplicate(earlier, keyNode);
    }
    const list = [...entries.values()];
    const [start, end] = parsed.range;
    const node: MapNode = { kind: 'map', entries: list, flow: parsed.flow === true, source: this.source, start, end };
    return this.measured(
      node,
      list.map((entry) => entry.value),
    );
  }

  private list(parsed: YAMLSeq.Parsed): ListNode {
    const [start, end] = parsed.range;
    const items = parsed.items.map((item) => this.node(item, start, undefined));
    return this.measured({ kind: 'list', items, flow: parsed.flow === true, source: this.source, start, end }, items);
  }

  private scalar(parsed: Scalar.Parsed): ScalarNode {
    const [start, end] = parsed.range;
    const style = STYLES[parsed.type ?? 'PLAIN'] ?? 'plain';
    const value = exact(parsed);
    return this.measured(
      {
        kind: 'scalar',
        value,
        text: typeof value === 'string' ? value : parsed.source,
        style,
        source: this.source,
        start,
        end,
      },
      [],
    );
  }

  private empty(offset: number): ScalarNode {
    return { kind: 'scalar', value: null, text: '', style: 'plain', source: this.source, start: offset, end: offset };
  }

  private key(parsed: ParsedNode | null): ScalarNode | undefined {
    if (parsed !== null && isScalar(parsed)) {
      const node = this.scalar(parsed as Scalar.Parsed);
      if (node.text === '<<' && node.style === 'plain') {
        this.refuse(
          node.start,
          node.end,
          'YAML 1.2 has no merge keys',
          'Write the keys out, or use an alias for a whole value.',
        );
        return undefined;
      }
      if (node.text !== '' || node.style !== 'plain') return node;
    }
    const [start, end] = parsed?.range ?? [0, 0];
    this.refuse(start, end, 'a key must be text', 'Quote the key, or remove the `?`.');
    return undefined;
  }

  private followed(alias: Alias.Parsed): Node {
    const target = this.anchors.get(alias.source);
    const [start, end] = alias.range;
    if (target !== undefined) return target;
    this.refuse(
      start,
      end,
      `the alias *${alias.source} names no anchor before it`,
      `Define it with &${alias.source} first; for text, quote it.`,
    );
    return { ...this.empty(start), end, unreadable: true };
  }

  /** A tag that YAML does not define: most often an expression such as `!paid`, which is then taken as text. */
  private foreignTag(parsed: Exclude<ParsedNode, Alias.Parsed>, key: string | undefined): ScalarNode | undefined {
    if (parsed.tag === undefined || CORE_TAGS.has(parsed.tag)) return undefined;
    const [valueStart, end] = parsed.range;
    const start = this.source.text.lastIndexOf('!', Math.max(valueStart - 1, 0));
    const tagStart = this.source.text[start - 1] === '!' ? start - 1 : start;
    const text = this.source.text.slice(tagStart, Math.max(end, tagStart)).trim();
    const help = key === undefined ? 'For text, quote it.' : `For an expression write:\n${blockStyle(key, text)}`;
    this.refuse(tagStart, tagStart + text.length, `YAML reads "${firstWord(text)}" as a tag`, help);
    return { kind: 'scalar', value: text, text, style: 'plain', source: this.source, start: tagStart, end };
  }

  private duplicate(earlier: Entry, keyNode: ScalarNode): void {
    this.diagnostics.error('TG103', `the key "${keyNode.text}" is written twice`, {
      range: this.source.range(keyNode.start, keyNode.end),
      related: [
        { message: 'first written here', range: this.source.range(earlier.keyNode.start, earlier.keyNode.end) },
      ],
      help: 'Remove or rename one of them.',
    });
  }

  private refuse(start: number, end: number, message: string, help: string): void {
    this.diagnostics.error('TG104', message, { range: this.source.range(start, Math.max(end, start + 1)), help });
  }

  private measured<N extends Node>(node: N, children: readonly Node[]): N {
    let size = 1;
    for (const child of children) size += this.sizes.get(child) ?? 1;
    this.sizes.set(node, size);
    if (size > MAX_VALUES) {
      this.refuse(
        node.start,
        node.start + 1,
        `with its aliases this holds more than ${MAX_VALUES} values`,
        'Write the values out.',
      );
      throw new TooManyValues();
    }
    return node;
  }
}

/** Integers beyond 2^53 are exact. */
function exact(parsed: Scalar.Parsed): ScalarNode['value'] {
  const { value, source } = parsed;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source))
    return BigInt(source);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value;
  return source;
}

function firstWord(text: string): string {
  return /^\S+/.exec(text)?.[0] ?? text;
}
