/** Tables: where their rows are, and what they are looked up by. */
import type { ValueOf } from '@tidegate/connectors/api';
import { UNTYPED, type RecordType } from '../../expression/type.js';
import type { Table } from '../application.js';
import type { table } from '../declaration/table.js';
import { nearestName } from '../../common/nearest-name.js';
import type { BuildContext } from './context.js';

export type TableDraft = ValueOf<typeof table, 'draft'>;

const BY_EXTENSION: Readonly<Record<string, Table['format']>> = {
  csv: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
};

/** Undefined when what it cannot do without is missing, which was reported. */
export function buildTable(name: string, draft: TableDraft, context: BuildContext): Table | undefined {
  if (draft.file === undefined || draft.key === undefined) return undefined;
  const path = ['tables', name];
  const schema = (draft.schema ?? UNTYPED) as RecordType;
  const extension = /\.(\w+)$/.exec(draft.file)?.[1]?.toLowerCase() ?? '';
  const format = draft.format ?? BY_EXTENSION[extension];
  if (format === undefined) {
    context.diagnostics.error('TG111', `tables.${name} has no "format", and its file no extension that says it`, {
      range: context.positions.locate([...path, 'file']),
      help: 'Add format: csv, json or jsonl.',
    });
  }
  if (!schema.open && !Object.hasOwn(schema.fields, draft.key)) {
    const suggestion = nearestName(draft.key, Object.keys(schema.fields));
    context.diagnostics.error('TG140', `tables.${name}.key: the schema has no field ${JSON.stringify(draft.key)}`, {
      range: context.positions.locate([...path, 'key']),
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  return {
    name,
    file: context.host.resolve(context.baseDir, draft.file),
    format: format ?? 'csv',
    key: draft.key,
    schema,
  };
}
