/**
 * What functions emit, as records of the source `functions`: a JSON object as its fields, any other value as the field
 * `value`. Of a record for Kafka or Kinesis that is its value; its key, topic and headers are fields of none.
 */
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { FUNCTIONS } from '../job/function-node.js';
import { StreamRecord, type Split } from '../record/stream-record.js';
import { readEmitted } from './emitted-value.js';

const SPLIT: Split = { ingress: FUNCTIONS, id: 'emitted' };

/** @throws EmittedValueError when the bytes are not what the type says */
export function egressRecord(argument: TypedValue, nowMs: number): StreamRecord {
  const value = readEmitted(argument);
  const isObject =
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  const fields = isObject ? (value as Record<string, unknown>) : { value };
  return new StreamRecord(fields, nowMs, FUNCTIONS, SPLIT, 0, undefined, undefined);
}
