/**
 * What functions emit, as records of the source `functions`: a JSON object as its fields, any other value as the field
 * `value`. Of a record for Kafka or Kinesis that is its value; `emitted-message.ts` has the rest.
 */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { FUNCTIONS } from '../job/function-node.js';
import { EMITTED, keptHeaders, type EmittedHeaders } from '../record/emitted-headers.js';
import { StreamRecord } from '../record/stream-record.js';
import { readEmitted } from './emitted-value.js';

/** @throws EmittedValueError when the bytes are not what the type says */
export function emittedFields(argument: TypedValue): Record<string, unknown> {
  const value = readEmitted(argument);
  const isObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  return isObject ? (value as Record<string, unknown>) : { value };
}

/** @param headers of what was emitted, for egresses that have a place for them */
export function egressRecord(
  fields: Record<string, unknown>,
  headers: EmittedHeaders | undefined,
  nowMs: number,
): StreamRecord {
  return new StreamRecord(fields, nowMs, FUNCTIONS, EMITTED, 0, headers && keptHeaders(headers), undefined);
}
