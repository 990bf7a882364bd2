/**
 * The written tree to values, by its declaration, level by level. Everything wrong is reported, and left out; so the
 * result is a draft, in which even what must be written may be absent, fit for further checks.
 */
import type {
  Declaration,
  ListDeclaration,
  MapDeclaration,
  ObjectDeclaration,
  ValueOf,
} from '@tidegate/connectors/api';
import { FUNCTION_TYPES, TYPENAME } from '../declaration/names.js';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import type { Path } from '../positions.js';
import { alternativeFor } from '../schema/shape.js';
import type { ListNode, MapNode, Node, ScalarNode } from '../text/node.js';
import { fillDefaults } from './defaults.js';
import { describeFault } from './describe-fault.js';
import { validateLevel } from './level-validator.js';
import { rejoinedEntries, rejoinedItems } from './expression-traps.js';
import { ObjectLevel, rangeOf, reportCut } from './object-level.js';
import { pathText } from './path-text.js';
import { plainValue } from './plain-value.js';
import type { SchemaReader } from './schema-reader.js';
import { UNREADABLE, type ScalarReader } from './scalar-reader.js';

export class Reader {
  private readonly levels = new Map<
    MapNode,
    { readonly declaration: ObjectDeclaration; readonly level: ObjectLevel }
  >();

  constructor(
    private readonly scalars: ScalarReader,
    private readonly schemas: SchemaReader,
    private readonly diagnostics: DiagnosticBag,
  ) {}

  read<const D extends Declaration>(declaration: D, node: Node, path: Path): ValueOf<D, 'draft'> | undefined {
    return this.value(declaration, node, path) as ValueOf<D, 'draft'> | undefined;
  }

  /** The keys of an object that is read later, e.g. to know the names of sections before their references are. */
  level(declaration: ObjectDeclaration, node: MapNode, path: Path): ObjectLevel {
    const known = this.levels.get(node);
    if (known?.declaration === declaration) return known.level;
    const level = new ObjectLevel(declaration, node, path, this.standIn, this.diagnostics);
    this.levels.set(node, { declaration, level });
    return level;
  }

  private value(declaration: Declaration, node: Node, path: Path): unknown {
    switch (declaration.type) {
      case 'choice': {
        const chosen = declaration[node.kind] ?? declaration.map;
        return chosen === undefined ? undefined : this.value(chosen, node, path);
      }
      case 'object':
        return this.object(declaration, node, path);
      case 'map':
        return node.kind === 'map' ? this.map(declaration, node, path) : Object.create(null);
      case 'list': {
        if (node.kind === 'list') return this.list(declaration, node, path);
        const only = this.value(declaration.of, node, path);
        return only === undefined ? undefined : [only];
      }
      case 'schema':
        return this.schemas.read(node, path);
      case 'record':
      case 'any':
        return plainValue(node, (scalar) => this.scalars.any(scalar, path));
      default:
        return node.kind === 'scalar' ? this.scalars.value(declaration, node, path) : undefined;
    }
  }

  private object(declaration: ObjectDeclaration, node: Node, path: Path): unknown {
    const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    if (declaration.others !== undefined) result['others'] = new Map();
    if (node.kind === 'map') this.objectEntries(declaration, node, path, result);
    else if (declaration.shorthand !== undefined && !isEmpty(node)) {
      const field = declaration.fields[declaration.shorthand];
      if (field !== undefined) result[declaration.shorthand] = this.value(field, node, path);
    }
    fillDefaults(declaration.fields, result);
    return result;
  }

  private objectEntries(
    declaration: ObjectDeclaration,
    node: MapNode,
    path: Path,
    result: Record<string, unknown>,
  ): void {
    const level = this.level(declaration, node, path);
    const others = new Map<string, unknown>();
    for (const [key, entry] of level.entries) {
      const child = level.child(key);
      const childPath = [...path, entry.key];
      if (child === undefined) continue;
      if (Object.hasOwn(declaration.fields, key)) result[key] = this.value(child, entry.value, childPath);
      else if (declaration.variants !== undefined && Object.hasOwn(declaration.variants, key)) {
        result['variant'] = { kind: key, value: this.value(child, entry.value, childPath) };
      } else if (declaration.others !== undefined) {
        const fields = Object.keys(declaration.fields);
        const name = this.scalars.reference(declaration.others.reference, entry.keyNode, path, fields);
        others.set(name ?? entry.key, this.value(child, entry.value, childPath));
      }
    }
    if (others.size > 0) result['others'] = others;
  }

  private map(declaration: MapDeclaration, node: MapNode, path: Path): unknown {
    const instance: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    const isExpression = alternativeFor(declaration.of, 'scalar')?.type === 'expression';
    const { parts, cut } = rejoinedEntries(node, () => isExpression);
    for (const { key, value } of cut) reportCut([...path, key], value, this.diagnostics);
    for (const { key, value } of parts) instance[key] = this.standIn(declaration.of, value);
    const faults = validateLevel(declaration, instance);
    const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const { key, keyNode, value } of parts) {
      const childPath = [...path, key];
      if (faults.names.includes(key)) this.reportName(declaration, keyNode, path);
      else if (faults.values.has(key)) this.reportFault(declaration.of, value, childPath, instance[key]);
      else {
        const name =
          declaration.keyReference === undefined
            ? key
            : this.scalars.reference(declaration.keyReference, keyNode, path);
        if (name !== undefined) result[name] = this.value(declaration.of, value, childPath);
      }
    }
    return result;
  }

  private list(declaration: ListDeclaration, node: ListNode, path: Path): unknown {
    const isExpression = alternativeFor(declaration.of, 'scalar')?.type === 'expression';
    const { parts, cut } = isExpression ? rejoinedItems(node) : { parts: node.items.map(numbered), cut: [] };
    for (const item of cut) reportCut([...path, item.index], item.node, this.diagnostics);
    const instance = parts.map((item) => this.standIn(declaration.of, item.node));
    const faults = validateLevel(declaration, instance);
    const result: unknown[] = [];
    for (const [position, { node: item, index }] of parts.entries()) {
      const childPath = [...path, index];
      if (faults.values.has(String(position))) this.reportFault(declaration.of, item, childPath, instance[position]);
      else {
        const value = this.value(declaration.of, item, childPath);
        if (value !== undefined) result.push(value);
      }
    }
    return result;
  }

  private reportFault(declaration: Declaration, node: Node, path: Path, instance: unknown): void {
    if (instance === UNREADABLE) return;
    const { code, message, ...details } = describeFault(declaration, node, pathText(path));
    this.diagnostics.error(code, message, { range: rangeOf(node), ...details });
  }

  private reportName(declaration: MapDeclaration, keyNode: ScalarNode, path: Path): void {
    const { keyPattern } = declaration;
    this.diagnostics.error('TG117', `${JSON.stringify(keyNode.text)} is no name for ${pathText(path)}`, {
      range: rangeOf(keyNode),
      help: nameHelp(keyPattern),
    });
  }

  private readonly standIn = (declaration: Declaration | undefined, node: Node): unknown => {
    if (node.kind === 'list') return [];
    if (node.kind === 'map') return Object.create(null);
    return this.scalars.raw(declaration === undefined ? undefined : alternativeFor(declaration, 'scalar'), node);
  };
}

function nameHelp(pattern: string | undefined): string {
  const typename = 'namespace/name, as fraud/profile';
  const parts = 'both of letters, digits, ".", "_" and "-"';
  if (pattern === TYPENAME) return `It is ${typename}: ${parts}.`;
  if (pattern === FUNCTION_TYPES) return `It is ${typename}, or namespace/*: ${parts}.`;
  return pattern?.includes('-]') === true
    ? 'A name consists of letters, digits, "_" and "-", and begins with a letter.'
    : 'A name consists of letters, digits and "_", and begins with no digit.';
}

function numbered(node: Node, index: number): { readonly node: Node; readonly index: number } {
  return { node, index };
}

function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}
