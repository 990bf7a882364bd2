/**
 * The keys of one object: which are declared, misspelt, missing, or of a later version. A misspelt key is taken as the
 * key that was probably meant, so that what stands below it is checked too and nothing is reported as missing.
 */
import type { Declaration, ObjectDeclaration } from '@tidegate/connectors/api';
import type { SourceRange } from '../../common/diagnostic.js';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import type { Path } from '../positions.js';
import { alternativeFor } from '../schema/shape.js';
import { blockStyle } from '../text/corrected-expression.js';
import type { Entry, MapNode, Node } from '../text/node.js';
import { fillDefaults } from './defaults.js';
import { describeFault } from './describe-fault.js';
import { rejoinedEntries } from './expression-traps.js';
import { validateLevel, type LevelFaults } from './level-validator.js';
import { nearestName } from '../../common/nearest-name.js';
import { pathText } from './path-text.js';
import { UNREADABLE } from './scalar-reader.js';

/** A child as the level's JSON Schema sees it: a scalar's value, or `{}` and `[]` for containers. */
export type StandIn = (declaration: Declaration | undefined, node: Node) => unknown;

export class ObjectLevel {
  /** By the declared key; the entry keeps the key as written. */
  readonly entries = new Map<string, Entry>();

  constructor(
    private readonly declaration: ObjectDeclaration,
    private readonly node: MapNode,
    private readonly path: Path,
    private readonly standIn: StandIn,
    private readonly diagnostics: DiagnosticBag,
  ) {
    this.collect();
    const first = this.validate();
    const unresolved = this.renameUnknown(first.unknown);
    const faults = first.unknown.length === 0 ? first : this.validate();
    this.reportMissing(faults, unresolved);
    this.dropUnfit(faults);
    this.dropInapplicable();
  }

  /** The declaration of a key; undefined for keys that are not declared. */
  child(key: string): Declaration | undefined {
    const { fields, variants, others } = this.declaration;
    if (Object.hasOwn(fields, key)) return fields[key];
    if (variants !== undefined && Object.hasOwn(variants, key)) return variants[key];
    return others?.of;
  }

  private get place(): string {
    return pathText(this.path);
  }

  private collect(): void {
    const { parts, cut } = rejoinedEntries(this.node, (key) => this.isExpression(key));
    for (const { key, value } of cut) reportCut([...this.path, key], value, this.diagnostics);
    const { later = {} } = this.declaration;
    for (const entry of parts) {
      if (!Object.hasOwn(later, entry.key)) this.entries.set(entry.key, entry);
      else {
        const message = `${pathText([...this.path, entry.key])} is not yet in this version: ${later[entry.key]}`;
        this.diagnostics.error('TG115', message, { range: rangeOf(entry.keyNode) });
      }
    }
  }

  private isExpression(key: string): boolean {
    const child = this.child(key);
    return child !== undefined && alternativeFor(child, 'scalar')?.type === 'expression';
  }

  private validate(): LevelFaults {
    const instance: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [key, { value }] of this.entries) instance[key] = this.standIn(this.child(key), value);
    return validateLevel(this.declaration, instance);
  }

  /** Gives whether a key stays unknown. */
  private renameUnknown(unknown: readonly string[]): boolean {
    const { fields, variants = {}, later = {} } = this.declaration;
    let unresolved = Object.keys(later).some((key) => this.isWritten(key));
    for (const key of unknown) {
      const entry = this.entries.get(key);
      if (entry === undefined) continue;
      this.entries.delete(key);
      const suggestion = nearestName(key, [...Object.keys(fields), ...Object.keys(variants)]);
      this.diagnostics.error('TG110', `unknown key ${JSON.stringify(key)} in ${this.place}`, {
        range: rangeOf(entry.keyNode),
        ...(suggestion === undefined ? { help: this.belongs(key) ?? this.allowed() } : { suggestion }),
      });
      if (suggestion !== undefined && !this.entries.has(suggestion)) this.entries.set(suggestion, entry);
      else unresolved = true;
    }
    return unresolved;
  }

  /** The key may be one of an object within this one, and only be indented too little. */
  private belongs(key: string): string | undefined {
    const parent = Object.entries(this.declaration.fields).find(([, field]) => {
      const inner = alternativeFor(field, 'map');
      return inner?.type === 'object' && Object.hasOwn(inner.fields, key);
    });
    return parent === undefined ? undefined : `It belongs under ${parent[0]}: indent it, below ${parent[0]}:.`;
  }

  private allowed(): string {
    const { fields, variants = {} } = this.declaration;
    const keys = [...Object.keys(variants), ...Object.keys(fields)];
    return keys.length === 0 ? 'It takes no keys.' : `Its keys are ${keys.join(', ')}.`;
  }

  private reportMissing(faults: LevelFaults, unresolved: boolean): void {
    const range = this.headRange();
    for (const key of faults.missing) {
      const expected = this.declaration.fields[key]?.description ?? '';
      this.diagnostics.error('TG111', `${this.place} has no ${JSON.stringify(key)}, which must be written`, {
        range,
        help: expected,
      });
    }
    const variants = Object.keys(this.declaration.variants ?? {});
    if (!faults.variants) return;
    const written = variants.filter((name) => this.entries.has(name));
    const [, second] = written;
    if (second !== undefined) {
      const range = rangeOf(this.entries.get(second)?.keyNode ?? this.node);
      this.diagnostics.error('TG114', `${this.place} has both ${written.join(' and ')}; exactly one must be written`, {
        range,
      });
    } else if (!unresolved) {
      this.diagnostics.error('TG114', `${this.place} has none of ${variants.join(', ')}; exactly one must be written`, {
        range,
      });
    }
  }

  private dropUnfit(faults: LevelFaults): void {
    for (const [key, { value }] of [...this.entries]) {
      const child = this.child(key);
      if (child === undefined) continue;
      if (value.kind === 'scalar' && this.standIn(child, value) === UNREADABLE) this.entries.delete(key);
      else if (faults.values.has(key)) {
        // A count that cannot be read is still a count: without it a `repeat` beside it would look wrong too.
        if (child.type !== 'range') this.entries.delete(key);
        const { code, message, ...details } = describeFault(child, value, pathText([...this.path, key]));
        this.diagnostics.error(code, message, { range: rangeOf(value), ...details });
      }
    }
  }

  /** Keys that need another value of a key beside them. Of a value that could not be read nothing is known. */
  private dropInapplicable(): void {
    const { fields } = this.declaration;
    const conditional = [...this.entries].filter(([name]) => this.child(name) === fields[name] && fields[name]?.when);
    if (conditional.length === 0) return;
    const siblings: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [name, { value }] of this.entries) siblings[name] = this.standIn(this.child(name), value);
    fillDefaults(fields, siblings);
    for (const [name, { keyNode }] of conditional) {
      const wrong = Object.entries(fields[name]?.when ?? {}).find(
        ([key, values]) => !values.some((value) => value === siblings[key]),
      );
      if (wrong === undefined) continue;
      const [key, values] = wrong;
      this.entries.delete(name);
      if (!this.entries.has(key) && this.isWritten(key)) continue;
      this.diagnostics.error(
        'TG118',
        `${pathText([...this.path, name])} has no meaning: ${key} is ${String(siblings[key])}`,
        {
          range: rangeOf(keyNode),
          help: `It needs ${key}: ${values.join(' or ')}.`,
        },
      );
    }
  }

  private isWritten(key: string): boolean {
    return this.node.entries.some((entry) => entry.key === key);
  }

  /** Where the object begins: its first line. */
  private headRange(): SourceRange {
    return this.node.source.range(this.node.start, Math.min(this.node.end, this.node.start + 1));
  }
}

/** An expression in braces or brackets that a comma took apart. */
export function reportCut(path: Path, node: Node, diagnostics: DiagnosticBag): void {
  const key = String(path.findLast((part) => typeof part === 'string') ?? '');
  const text = node.source.text.slice(node.start, node.end);
  diagnostics.error('TG116', `${pathText(path)}: inside { } and [ ] a comma ends the expression`, {
    range: rangeOf(node),
    help: `Write it in block style, without the braces or brackets around it:\n${blockStyle(key, text)}`,
  });
}

export function rangeOf(node: Node): SourceRange {
  return node.source.range(node.start, Math.max(node.end, node.start + 1));
}
