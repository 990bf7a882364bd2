/**
 * Which expressions give personal data: fields marked `pii` in a schema, and what is made of them. Such values are
 * masked wherever people read along (messages, logs); the records themselves keep them.
 *
 * Conservative: whatever reads a marked field counts, also a comparison; the number of a stage's events does not.
 */
import type { ExpressionScope } from '../expression/index.js';
import { childNodes, type EventReference, type TypedNode, type TypedTree } from '../expression/tree.js';
import type { FieldType, RecordType } from '../expression/type.js';

/** How a masked value reads. */
export const MASK = '***';

export class PersonalData {
  /** `key`: whether the key of the rule's partition is personal. */
  constructor(
    private readonly scope: ExpressionScope,
    private readonly key: boolean,
  ) {}

  isReadBy(tree: TypedTree): boolean {
    return this.#reads(tree.root, this.scope.event);
  }

  #reads(node: TypedNode, current: RecordType | undefined): boolean {
    switch (node.kind) {
      case 'field':
        if (isMarked(this.#recordOf(node.of, current), node.path)) return true;
        break;
      case 'metadata':
        if (node.name === 'key' && this.key) return true;
        break;
      case 'stage':
        return isMarked(this.scope.stages?.get(node.stage)?.event, []);
      case 'call':
        if (node.function === 'size' && node.arguments[0]?.kind === 'stage') return false;
        break;
      case 'aggregate':
        return this.#reads(node.body, this.scope.stages?.get(node.stage)?.event);
      default:
        break;
    }
    return childNodes(node).some((child) => this.#reads(child, current));
  }

  #recordOf(reference: EventReference, current: RecordType | undefined): RecordType | undefined {
    switch (reference.kind) {
      case 'current':
        return current;
      case 'captured':
      case 'nth':
        return this.scope.stages?.get(reference.stage)?.event;
      case 'latest': {
        const records = [...(this.scope.stages?.values() ?? [])].map(({ event }) => event);
        return records.find((record) => isMarked(record, [])) ?? records[0];
      }
    }
  }
}

/** Whether the field at the path is marked, lies in one that is, or is a record that has one. */
export function isMarked(record: RecordType | undefined, path: readonly string[]): boolean {
  if (record === undefined) return false;
  const [name, ...rest] = path;
  if (name === undefined) return Object.values(record.fields).some(hasMark);
  const field = Object.hasOwn(record.fields, name) ? record.fields[name] : undefined;
  if (field === undefined) return false;
  return field.pii === true || (field.type.kind === 'record' ? isMarked(field.type, rest) : false);
}

function hasMark(field: FieldType): boolean {
  return field.pii === true || (field.type.kind === 'record' && Object.values(field.type.fields).some(hasMark));
}
