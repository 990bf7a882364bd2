/**
 * The event of `explain --event`: JSON of the user, brought to the form that a source gives its records. It may lack
 * fields; what does not fit is told, and the rest is evaluated all the same.
 */
import type { FieldType, RecordType } from '../../expression/type.js';
import type { SourceNode } from '../../job/stream-graph.js';
import { createConformer } from '../../operators/source/conformer.js';
import { timestampAssigner, typeAt } from '../../operators/source/timestamps.js';
import { StreamRecord } from '../../record/stream-record.js';
import { timeParser } from '../../time/time-parser.js';
import { UsageError } from '../io.js';
import { systemClock } from '../runtime/system-clock.js';

export interface SampleEvent {
  readonly record: StreamRecord;
  /** What does not fit the schema or the time of the ingress. */
  readonly notes: readonly string[];
}

/** `node` undefined: an event without an ingress, as it stands. */
export function sampleEvent(json: string, source: string, node: SourceNode | undefined): SampleEvent {
  const value = parseEvent(json);
  if (node === undefined) return { record: recordOf(value, 0, source), notes: [] };
  const { time, schema } = node;
  const parse = timeParser(time.format, time.zone);
  const isConverted = typeAt(schema, time.field ?? []).kind === 'timestamp';
  const misfit = createConformer(withoutDuties(schema), {
    textual: false,
    ...(time.field === undefined ? {} : { time: { path: time.field, parse } }),
  })(value);
  const timestamp = timestampAssigner(time, parse, isConverted, systemClock)(value);
  const notes = [misfit, typeof timestamp === 'string' ? timestamp : undefined].filter((note) => note !== undefined);
  return { record: recordOf(value, typeof timestamp === 'string' ? 0 : timestamp, source), notes };
}

function recordOf(value: Record<string, unknown>, timestamp: number, source: string): StreamRecord {
  return new StreamRecord(value, timestamp, source, { ingress: source, id: 'command-line' }, 0, undefined, undefined);
}

function parseEvent(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new UsageError(`--event is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UsageError('--event is no JSON object; write for example \'{"amount": 5}\'');
}

/** No field need be there, at any depth. */
function withoutDuties(schema: RecordType): RecordType {
  const fields = Object.entries(schema.fields).map(([name, field]): [string, FieldType] => {
    const type = field.type.kind === 'record' ? withoutDuties(field.type) : field.type;
    return [name, { ...field, type, optional: true }];
  });
  return { ...schema, fields: Object.fromEntries(fields) };
}
