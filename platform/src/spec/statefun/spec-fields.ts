/**
 * The fields of one map of a module, as they are asked for. What nobody has asked for when all is read is what StateFun passes over
 * in silence; here it is warned of, as it is mostly a misspelling.
 */
import { nearestName } from '../../common/nearest-name.js';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { rangeOf } from '../read/object-level.js';
import type { Entry, MapNode, Node, ScalarNode } from '../text/node.js';
import { flinkDuration } from './flink-duration.js';

/** `namespace/name`. The form that names of our application take decides on the rest. */
const TYPENAME = /^[^/\s]+\/[^/\s]+$/;

export class SpecFields {
  readonly #asked = new Set<string>();
  readonly #inner: SpecFields[] = [];

  /** @param place for messages: `spec.topics[0]` */
  constructor(
    readonly node: MapNode,
    readonly place: string,
    readonly diagnostics: DiagnosticBag,
  ) {}

  /** What is written for a key; nothing and null are the same. */
  find(key: string): Entry | undefined {
    this.#asked.add(key);
    const entry = this.node.entries.find((one) => one.key === key);
    return entry?.value.kind === 'scalar' && entry.value.value === null ? undefined : entry;
  }

  require(key: string): Entry | undefined {
    const entry = this.find(key);
    if (entry === undefined)
      this.diagnostics.error('TG111', `${this.place} has no ${JSON.stringify(key)}, which must be written`, {
        range: this.node.source.range(this.node.start, this.node.start + 1),
      });
    return entry;
  }

  text(key: string, isRequired = false): ScalarNode | undefined {
    const entry = isRequired ? this.require(key) : this.find(key);
    if (entry === undefined) return undefined;
    return entry.value.kind === 'scalar' ? entry.value : this.wrong(key, entry.value, 'a text');
  }

  typename(key: string, isRequired = false): ScalarNode | undefined {
    const node = this.text(key, isRequired);
    return node === undefined || TYPENAME.test(node.text) ? node : this.wrong(key, node, 'a name: namespace/name');
  }

  /** Milliseconds. */
  duration(key: string): number | undefined {
    const node = this.text(key);
    const ms = node === undefined ? undefined : flinkDuration(node.text);
    return node === undefined || ms !== undefined ? ms : this.wrong(key, node, 'a duration, such as 10s or 2 min');
  }

  integer(key: string, isRequired = false): number | undefined {
    const node = this.text(key, isRequired);
    if (node === undefined || Number.isSafeInteger(node.value)) return node?.value as number | undefined;
    return this.wrong(key, node, 'a whole number');
  }

  /** Empty also where nothing is written. */
  list(key: string, isRequired = false): readonly Node[] {
    const entry = isRequired ? this.require(key) : this.find(key);
    if (entry === undefined) return [];
    if (entry.value.kind === 'list' && (entry.value.items.length > 0 || !isRequired)) return entry.value.items;
    this.wrong(key, entry.value, 'a list with something in it');
    return [];
  }

  map(key: string): SpecFields | undefined {
    const entry = this.find(key);
    return entry === undefined ? undefined : this.within(entry.value, `${this.place}.${key}`);
  }

  /** The maps of a list. */
  maps(key: string): readonly SpecFields[] {
    return this.list(key, true).flatMap((item, i) => this.within(item, `${this.place}.${key}[${i}]`) ?? []);
  }

  /** A list of maps of one entry each, as StateFun writes properties. */
  pairs(key: string): readonly Entry[] {
    return this.list(key).flatMap((item) => {
      if (item.kind === 'map' && item.entries.length === 1) return item.entries;
      return this.wrong(key, item, 'a list of single entries: - name: value') ?? [];
    });
  }

  wrong(key: string, node: Node, expected: string): undefined {
    const found = node.kind === 'scalar' ? JSON.stringify(node.text) : node.kind === 'map' ? 'a map' : 'a list';
    this.diagnostics.error('TG112', `${this.place}.${key} is ${found}; expected ${expected}`, { range: rangeOf(node) });
    return undefined;
  }

  /** To be called when all is read. */
  warnOfIgnored(): void {
    for (const inner of this.#inner) inner.warnOfIgnored();
    for (const { key, keyNode } of this.node.entries) {
      if (this.#asked.has(key)) continue;
      const suggestion = nearestName(key, this.#asked);
      this.diagnostics.warning('TG160', `${this.place}.${key} is no field that StateFun knows: it passes it over`, {
        range: rangeOf(keyNode),
        ...(suggestion === undefined ? { help: `Its fields are ${[...this.#asked].join(', ')}.` } : { suggestion }),
      });
    }
  }

  private within(node: Node, place: string): SpecFields | undefined {
    if (node.kind !== 'map') {
      this.diagnostics.error('TG112', `${place} is no map of fields`, { range: rangeOf(node) });
      return undefined;
    }
    const inner = new SpecFields(node, place, this.diagnostics);
    this.#inner.push(inner);
    return inner;
  }
}
