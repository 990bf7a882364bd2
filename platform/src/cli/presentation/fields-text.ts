/**
 * An event's fields on one line: `mag=6.4 place="22km NNE of Hualian, Taiwan" coordinates=[121.69, 24.15, 10.6]`.
 *
 * Invariants
 * - Where there is a schema its fields are shown, at every depth, and nothing else; `pii` is masked.
 * - Texts of data come out on one line and cannot steer a terminal: what could is escaped.
 */
import { printable } from '../../common/printable.js';
import { renderValue, UNTYPED, type FieldType, type RecordType, type ValueType } from '../../expression/index.js';
import { MASK } from '../../plan/personal-data.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Fields of nested records stand beside the others, by their own names where these are unique and by their paths else.
 *
 * @param hidden path of a field that is left out: the event's time stands before its fields
 */
export function fieldsText(value: Fields, type: RecordType, hidden: readonly string[] = []): string {
  const leaves = leavesOf(value, type, []).filter(({ path }) => path.join('.') !== hidden.join('.'));
  const names = new Map<string, number>();
  for (const { name } of leaves) names.set(name, (names.get(name) ?? 0) + 1);
  return leaves
    .map(({ path, name, value: leaf, field }) => {
      const label = names.get(name) === 1 ? name : path.join('.');
      return `${printable(label)}=${field?.pii === true ? MASK : valueText(leaf, field?.type ?? DYN)}`;
    })
    .join(' ');
}

interface Leaf {
  readonly path: readonly string[];
  readonly name: string;
  readonly value: unknown;
  readonly field: FieldType | undefined;
}

function leavesOf(value: Fields, type: RecordType, above: readonly string[]): Leaf[] {
  const declared = Object.keys(type.fields);
  const names = declared.length > 0 ? declared : Object.keys(value);
  return names.flatMap((name): Leaf[] => {
    if (!Object.hasOwn(value, name)) return [];
    const path = [...above, name];
    const part = value[name];
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (field?.type.kind === 'record' && field.pii !== true && isFields(part)) return leavesOf(part, field.type, path);
    return [{ path, name, value: part, field }];
  });
}

function valueText(value: unknown, type: ValueType): string {
  if (Array.isArray(value)) {
    const element = type.kind === 'list' ? type.element : DYN;
    return `[${value.map((part) => valueText(part, element)).join(', ')}]`;
  }
  if (isFields(value)) return `{${fieldsText(value, type.kind === 'record' ? type : UNTYPED)}}`;
  return typeof value === 'string' ? quotedWhereNeeded(value) : printable(renderValue(value, type));
}

const DYN: ValueType = { kind: 'dyn' };

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Quoted where it could not be told from what stands around it. */
function quotedWhereNeeded(text: string): string {
  return printable(/^[^\s"=,{}[\]]+$/.test(text) ? text : JSON.stringify(text));
}
