/**
 * Scalars to values by their declaration: placeholders replaced, durations to milliseconds, sizes to bytes, expressions
 * with their place. What was checked by the level's schema is not checked again here.
 */
import type {
  CountRange,
  Declaration,
  ExpressionText,
  ReferenceTarget,
  TemplateDeclaration,
} from '@tidegate/connectors/api';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import { blockStyle } from '../text/corrected-expression.js';
import type { ScalarNode } from '../text/node.js';
import type { Path } from '../positions.js';
import { RANGE } from '../schema/scalar-schema.js';
import { LEADING_ZERO, YAML_1_1_BOOLEAN } from './describe-fault.js';
import { cutByComment } from './expression-traps.js';
import { NameTable } from './name-table.js';
import { pathText } from './path-text.js';
import type { Placeholders } from './placeholders.js';
import { readTemplate } from './template.js';
import { parseDuration, parseSize } from './units.js';

/** Something that could not be read, which was reported: neither absent nor a value. */
export const UNREADABLE = Symbol('unreadable');

export class ScalarReader {
  names: NameTable = new NameTable({
    ingress: new Set(),
    rule: new Set(),
    egress: new Set(),
    table: new Set(),
    function: new Set(),
  });
  /** Literal texts of slots that are declared secret. */
  readonly secrets = new Set<string>();

  constructor(
    private readonly placeholders: Placeholders,
    private readonly diagnostics: DiagnosticBag,
  ) {}

  /** The scalar as its slot's JSON Schema sees it. */
  raw(declaration: Declaration | undefined, node: ScalarNode): unknown {
    if (node.unreadable === true) return UNREADABLE;
    switch (declaration?.type) {
      case 'expression':
        return node.text.trim() === '' ? null : node.value;
      case 'template':
        if (!isPlain(declaration, node)) return node.value;
        break;
      case 'range':
        return /^\d+$/.test(node.text) ? Number(node.text) : node.text;
      default:
        break;
    }
    const replaced = this.placeholders.replace(node);
    if (replaced === undefined) return UNREADABLE;
    if (!replaced.changed) return typeof node.value === 'bigint' ? Number(node.value) : node.value;
    return typed(declaration, replaced.text);
  }

  /** The value of a scalar that fits; undefined when a further check failed, which was reported. */
  value(declaration: Declaration, node: ScalarNode, path: Path): unknown {
    switch (declaration.type) {
      case 'expression':
        return this.expression(node, path);
      case 'template':
        if (!isPlain(declaration, node)) return readTemplate(node, path, this.diagnostics);
        break;
      case 'range':
        return range(node.text);
      case 'reference':
        return this.reference(declaration.to, node, path);
      case 'any':
        return this.any(node, path);
      default:
        break;
    }
    const value = this.raw(declaration, node);
    if (value === UNREADABLE) return undefined;
    if (declaration.type === 'template') return [String(value)];
    if (declaration.type === 'duration') return parseDuration(String(value));
    if (declaration.type === 'size') return parseSize(String(value));
    if (declaration.type === 'string') {
      this.warnOfBoolean(node, path);
      if (declaration.secret === true && typeof value === 'string') this.secrets.add(value);
    }
    if (typeof value === 'number' && !this.isPlainNumber(node, path)) return undefined;
    return value;
  }

  /** A scalar in a slot that takes anything: exact integers, text with its placeholders replaced. */
  any(node: ScalarNode, path: Path): unknown {
    if (node.unreadable === true) return undefined;
    if (typeof node.value === 'number' || typeof node.value === 'bigint')
      return this.isPlainNumber(node, path) ? node.value : undefined;
    if (typeof node.value !== 'string') return node.value;
    this.warnOfBoolean(node, path);
    return this.placeholders.replace(node)?.text;
  }

  /** A name that must exist. An unknown one that is near to an existing name is taken as that. */
  reference(
    targets: readonly ReferenceTarget[],
    node: ScalarNode,
    path: Path,
    others: readonly string[] = [],
  ): string | undefined {
    const replaced = this.raw(undefined, node);
    if (typeof replaced !== 'string') return undefined;
    if (this.names.has(targets, replaced)) return replaced;
    const suggestion = this.names.nearest(targets, replaced, others);
    this.diagnostics.error(
      'TG120',
      `unknown ${NameTable.noun(targets)} ${JSON.stringify(replaced)} in ${pathText(path)}`,
      {
        range: node.source.range(node.start, node.end),
        ...(suggestion === undefined ? { help: this.names.existing(targets) } : { suggestion }),
      },
    );
    return suggestion !== undefined && this.names.has(targets, suggestion) ? suggestion : undefined;
  }

  private expression(node: ScalarNode, path: Path): ExpressionText | undefined {
    const place = pathText(path);
    const key = String(path.findLast((part) => typeof part === 'string') ?? 'where');
    const cut = cutByComment(node);
    if (cut !== undefined) {
      this.diagnostics.error('TG116', `${place}: ${cut.message}`, {
        range: node.source.range(node.end, cut.node.end),
        help: `For an expression write:\n${blockStyle(key, cut.node.text)}`,
      });
    }
    if (YAML_1_1_BOOLEAN.test(node.text) && node.style === 'plain') {
      const meant = /^(yes|on)$/i.test(node.text);
      this.diagnostics.error('TG105', `${place} is ${node.text}, which is neither true nor false in YAML 1.2`, {
        range: node.source.range(node.start, node.end),
        help: `Write ${meant}, or event["${node.text}"] for a field of that name.`,
      });
      return undefined;
    }
    const quoted = node.style === 'single-quoted' || node.style === 'double-quoted';
    return { text: (cut?.node ?? node).text, path, offset: 0, quoted };
  }

  private warnOfBoolean(node: ScalarNode, path: Path): void {
    if (node.style !== 'plain' || !YAML_1_1_BOOLEAN.test(node.text)) return;
    this.diagnostics.warning(
      'TG105',
      `${pathText(path)} is the text ${JSON.stringify(node.text)}, which YAML 1.1 reads as true or false`,
      {
        range: node.source.range(node.start, node.end),
        help: `For the text write ${JSON.stringify(node.text)}, otherwise true or false.`,
      },
    );
  }

  private isPlainNumber(node: ScalarNode, path: Path): boolean {
    if (node.style !== 'plain' || !LEADING_ZERO.test(node.text)) return true;
    this.diagnostics.error('TG105', `${pathText(path)} is ${node.text}, a number with leading zeros`, {
      range: node.source.range(node.start, node.end),
      help: `For text write "${node.text}", for the number ${Number(node.text)}.`,
    });
    return false;
  }
}

/** The text of a placeholder in a slot of another type; it stays text where it does not fit, and is then refused. */
function typed(declaration: Declaration | undefined, text: string): unknown {
  if (declaration?.type === 'integer' || declaration?.type === 'number')
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (declaration?.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

/** What is no count, which was reported, is any number. */
function range(text: string): CountRange {
  if (!new RegExp(RANGE).test(text)) return { from: 1, to: null };
  const [from = '', to] = text.split('..');
  return { from: Number(from), to: to === undefined ? Number(from) : to === '' ? null : Number(to) };
}

/** Whether it is no more than a text, in which placeholders are replaced. */
function isPlain({ takesPlaceholders }: TemplateDeclaration, { text }: ScalarNode): boolean {
  return takesPlaceholders === true && !text.includes('{{');
}
