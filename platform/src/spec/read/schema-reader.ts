/**
 * `schema:` of an ingress or a table to a record type: fields with the types of `type-text.ts`, nested maps, `$type`
 * with annotations, or a JSON Schema file.
 *
 * Invariants
 * - A schema that cannot be read in part gives `dyn` for that part, so that expressions are not blamed for it.
 */
import { setOwn } from '../../common/own-property.js';
import type { FieldType, RecordType } from '../../expression/type.js';
import { UNTYPED } from '../../expression/type.js';
import type { DiagnosticBag } from '../diagnostic-bag.js';
import type { Path } from '../positions.js';
import type { Entry, MapNode, Node, ScalarNode } from '../text/node.js';
import { recordOfJsonSchema } from './json-schema-file.js';
import { nearestName } from '../../common/nearest-name.js';
import { rangeOf } from './object-level.js';
import { pathText } from './path-text.js';
import type { Placeholders } from './placeholders.js';
import { parseTypeText, TYPE_WORDS } from './type-text.js';

const UNKNOWN: FieldType = { type: { kind: 'dyn' }, optional: true };
const ANNOTATIONS = ['$type', 'pii', 'optional'];
const LATER = new Set(['avro', 'protobuf']);

/** Reads a file beside the application file; throws when it cannot. */
export type ReadSibling = (path: string) => string;

export class SchemaReader {
  constructor(
    private readonly readSibling: ReadSibling,
    private readonly placeholders: Placeholders,
    private readonly diagnostics: DiagnosticBag,
  ) {}

  read(node: Node, path: Path): RecordType {
    if (node.kind !== 'map') return UNTYPED;
    return this.file(node, path) ?? this.record(node, path);
  }

  private record(node: MapNode, path: Path): RecordType {
    const fields: Record<string, FieldType> = {};
    for (const { key, value } of node.entries) {
      setOwn(fields, key, this.field(value, [...path, key]));
    }
    return { kind: 'record', fields, open: false };
  }

  private field(node: Node, path: Path): FieldType {
    if (node.kind === 'scalar') return this.text(node, path);
    if (node.kind === 'list')
      return this.refuse(node, `${pathText(path)} is a list; expected a type`, 'For a list write list<string>.');
    return node.entries.some((entry) => entry.key === '$type')
      ? this.annotated(node, path)
      : { type: this.record(node, path) };
  }

  private text(node: ScalarNode, path: Path): FieldType {
    const text = this.placeholders.replace(node)?.text;
    if (text === undefined) return UNKNOWN;
    const parsed = parseTypeText(text);
    if ('field' in parsed) return parsed.field;
    const help = `Types are ${TYPE_WORDS.join(', ')}, list<T>, map<T>; with "?" at the end for what may be absent.`;
    return this.refuse(
      node,
      `unknown type ${JSON.stringify(parsed.unknown)} in ${pathText(path)}`,
      help,
      nearestType(parsed.unknown.replace(/\?$/, '')),
    );
  }

  /** `{ $type: string, pii: true }` */
  private annotated(node: MapNode, path: Path): FieldType {
    let field: FieldType = UNKNOWN;
    for (const entry of node.entries) {
      if (entry.key === '$type') field = { ...this.field(entry.value, [...path, '$type']), ...annotations(node) };
      else if (!ANNOTATIONS.includes(entry.key)) {
        this.refuse(
          entry.keyNode,
          `unknown annotation ${JSON.stringify(entry.key)} in ${pathText(path)}`,
          'Annotations are $type, pii and optional.',
          nearestName(entry.key, ANNOTATIONS),
        );
      } else if (entry.value.kind !== 'scalar' || typeof entry.value.value !== 'boolean') {
        this.refuse(entry.value, `${pathText([...path, entry.key])} is not true or false`, 'Write true or false.');
      }
    }
    return field;
  }

  /** `{ jsonSchema: payment.schema.json }`; undefined when the schema is written out. */
  private file(node: MapNode, path: Path): RecordType | undefined {
    const [only] = node.entries;
    if (only === undefined || node.entries.length > 2 || only.value.kind !== 'scalar') return undefined;
    if ('field' in parseTypeText(only.value.text)) return undefined;
    if (LATER.has(only.key)) {
      this.diagnostics.error('TG115', `${only.key} in ${pathText(path)} is not yet in this version`, {
        range: rangeOf(only.keyNode),
        help: 'Write the fields out, or use a JSON Schema file.',
      });
      return UNTYPED;
    }
    return only.key === 'jsonSchema' && node.entries.length === 1 ? this.jsonSchema(only, only.value, path) : undefined;
  }

  private jsonSchema(entry: Entry, node: ScalarNode, path: Path): RecordType {
    const name = this.placeholders.replace(node)?.text;
    if (name === undefined) return UNTYPED;
    try {
      return recordOfJsonSchema(JSON.parse(this.readSibling(name)));
    } catch (error) {
      this.refuse(
        node,
        `${pathText([...path, entry.key])}: ${name} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        'A JSON Schema of type object is expected.',
      );
      return UNTYPED;
    }
  }

  private refuse(node: Node, message: string, help: string, suggestion?: string): FieldType {
    this.diagnostics.error('TG140', message, {
      range: rangeOf(node),
      ...(suggestion === undefined ? { help } : { suggestion, help }),
    });
    return UNKNOWN;
  }
}

/** What other languages call them. */
const FOREIGN_TYPES: ReadonlyMap<string, string> = new Map([
  ...['number', 'float', 'decimal', 'real'].map((word) => [word, 'double'] as const),
  ...['integer', 'long', 'bigint', 'int64'].map((word) => [word, 'int'] as const),
  ...['date', 'datetime', 'time'].map((word) => [word, 'timestamp'] as const),
  ['text', 'string'],
  ['array', 'list<string>'],
  ['object', 'map<string>'],
]);

function nearestType(word: string): string | undefined {
  return FOREIGN_TYPES.get(word) ?? nearestName(word, [...TYPE_WORDS, 'list<string>', 'map<string>']);
}

function annotations(node: MapNode): { optional?: true; pii?: true } {
  const isSet = (name: string) =>
    node.entries.some(({ key, value }) => key === name && value.kind === 'scalar' && value.value === true);
  return { ...(isSet('optional') ? { optional: true } : {}), ...(isSet('pii') ? { pii: true } : {}) };
}
