/**
 * The fields of one map of a module, as they are asked for, with their placeholders replaced. What nobody has asked for when all is
 * read is what StateFun passes over in silence; here it is warned of, as it is mostly a misspelling.
 *
 * Invariants
 * - What cannot be read is reported once, and then neither absent nor a value: `find` has it, what asks for a value has nothing.
 */
import { nearestName } from '../../common/nearest-name.js';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { rangeOf } from '../read/object-level.js';
import type { Placeholders } from '../read/placeholders.js';
import type { Entry, MapNode, Node, ScalarNode } from '../text/node.js';
import { flinkDuration } from './flink-duration.js';

/** `namespace/name`. The form that names of our application take decides on the rest. */
const TYPENAME = /^[^/\s]+\/[^/\s]+$/;
/** As Java reads integers in texts. */
const INTEGER = /^\s*[-+]?\d{1,15}\s*$/;

/** What reading a module needs. */
export interface ModuleReading {
  readonly diagnostics: DiagnosticBag;
  readonly placeholders: Placeholders;
}

export class SpecFields {
  readonly #asked = new Set<string>();
  readonly #inner: SpecFields[] = [];

  /** @param place for messages: `spec.topics[0]`; empty at the top of a document */
  constructor(
    readonly node: MapNode,
    readonly place: string,
    readonly reading: ModuleReading,
  ) {}

  get diagnostics(): DiagnosticBag {
    return this.reading.diagnostics;
  }

  /** Where a field is, for messages. */
  at(key: string): string {
    return this.place === '' ? key : `${this.place}.${key}`;
  }

  /** What is written for a key; nothing and null are the same. */
  find(key: string): Entry | undefined {
    this.#asked.add(key);
    const entry = this.node.entries.find((one) => one.key === key);
    if (entry === undefined || (entry.value.kind === 'scalar' && entry.value.value === null)) return undefined;
    return { ...entry, value: this.#replaced(entry.value) };
  }

  require(key: string): Entry | undefined {
    const entry = this.find(key);
    if (entry === undefined) {
      const subject = this.place === '' ? 'the document' : this.place;
      this.diagnostics.error('TG111', `${subject} has no ${JSON.stringify(key)}, which must be written`, {
        range: this.node.source.range(this.node.start, this.node.start + 1),
      });
    }
    return entry;
  }

  text(key: string, isRequired = false): ScalarNode | undefined {
    const entry = isRequired ? this.require(key) : this.find(key);
    if (entry === undefined || isUnreadable(entry.value)) return undefined;
    return entry.value.kind === 'scalar' ? entry.value : this.wrong(key, entry.value, 'a text');
  }

  typename(key: string, isRequired = false): ScalarNode | undefined {
    const node = this.text(key, isRequired);
    return node === undefined || isTypename(node) ? node : this.wrong(key, node, 'a name: namespace/name');
  }

  /** Milliseconds. */
  duration(key: string): number | undefined {
    const node = this.text(key);
    const ms = node === undefined ? undefined : flinkDuration(node.text);
    return node === undefined || ms !== undefined ? ms : this.wrong(key, node, 'a duration, such as 10s or 2 min');
  }

  /** Also in quotes, as StateFun takes it. */
  integer(key: string, isRequired = false): number | undefined {
    const node = this.text(key, isRequired);
    if (node === undefined) return undefined;
    return integerOf(node) ?? this.wrong(key, node, 'a whole number');
  }

  /** Empty also where nothing is written. Items that could not be read are left out. */
  list(key: string, isRequired = false): readonly Node[] {
    const entry = isRequired ? this.require(key) : this.find(key);
    if (entry === undefined || isUnreadable(entry.value)) return [];
    if (entry.value.kind === 'list' && (entry.value.items.length > 0 || !isRequired))
      return entry.value.items.map((item) => this.#replaced(item)).filter((item) => !isUnreadable(item));
    this.wrong(key, entry.value, 'a list with something in it');
    return [];
  }

  map(key: string, isRequired = false): SpecFields | undefined {
    const entry = isRequired ? this.require(key) : this.find(key);
    return entry === undefined ? undefined : this.#within(entry.value, this.at(key));
  }

  /** The maps of a list. */
  maps(key: string, isRequired = false): readonly SpecFields[] {
    return this.list(key, isRequired).flatMap((item, i) => this.#within(item, `${this.at(key)}[${i}]`) ?? []);
  }

  /** A list of maps of one entry each, as StateFun writes properties. */
  pairs(key: string, isRequired = false): readonly Entry[] {
    return this.list(key, isRequired).flatMap((item) => {
      if (item.kind === 'map' && item.entries.length === 1)
        return item.entries.map((entry) => ({ ...entry, value: this.#replaced(entry.value) }));
      return this.wrong(key, item, 'a list of single entries: - name: value') ?? [];
    });
  }

  wrong(key: string, node: Node, expected: string, help?: string): undefined {
    const found =
      node.kind === 'scalar' ? JSON.stringify(node.written ?? node.text) : node.kind === 'map' ? 'a map' : 'a list';
    this.diagnostics.error('TG112', `${this.at(key)} is ${found}; expected ${expected}`, {
      range: rangeOf(node),
      ...(help === undefined ? {} : { help }),
    });
    return undefined;
  }

  /** To be called when all is read. */
  warnOfIgnored(): void {
    for (const inner of this.#inner) inner.warnOfIgnored();
    for (const { key, keyNode } of this.node.entries) {
      if (this.#asked.has(key)) continue;
      const suggestion = nearestName(key, this.#asked);
      this.diagnostics.warning('TG160', `${this.at(key)} is no field that StateFun knows: it passes it over`, {
        range: rangeOf(keyNode),
        ...(suggestion === undefined ? { help: `Its fields are ${[...this.#asked].join(', ')}.` } : { suggestion }),
      });
    }
  }

  #replaced(node: Node): Node {
    return node.kind === 'scalar' ? this.reading.placeholders.replaced(node) : node;
  }

  #within(node: Node, place: string): SpecFields | undefined {
    if (node.kind !== 'map') {
      if (!isUnreadable(node))
        this.diagnostics.error('TG112', `${place} is no map of fields`, { range: rangeOf(node) });
      return undefined;
    }
    const inner = new SpecFields(node, place, this.reading);
    this.#inner.push(inner);
    return inner;
  }
}

export function isTypename(node: Node): node is ScalarNode {
  return node.kind === 'scalar' && TYPENAME.test(node.text);
}

export function isUnreadable(node: Node): boolean {
  return node.kind === 'scalar' && node.unreadable === true;
}

export function integerOf(node: ScalarNode): number | undefined {
  if (typeof node.value === 'number') return Number.isSafeInteger(node.value) ? node.value : undefined;
  return typeof node.value === 'string' && INTEGER.test(node.text) ? Number(node.text) : undefined;
}
