/**
 * What leaves through an egress, as plain values of JSON, or of a form that has more: alerts, late events, dead letters.
 *
 * An alert's JSON: `id, rule, severity, tags, key, time, message`, then the `select` fields, then `stages`: by stage the
 * matched events, always lists (a filter has `event` instead). A partial match that ran out of time says `timedOutAt`.
 * Of a matched event the fields that its ingress's schema names are shown; all of them where there is no schema.
 */
import { toJson, UNTYPED, type RecordType, type ValueForm, type ValueType } from '../../expression/index.js';
import { DeadLetter } from '../../record/dead-letter.js';
import { setOwn } from '../../common/own-property.js';
import type { AlertEnvelope, StreamRecord } from '../../record/stream-record.js';
import type { Payload } from '../../network/element.js';
import { FILTER_STAGE } from '../rule/filter-operator.js';

/** Types of the records by source name, for timestamps and durations in JSON. */
export type RecordTypes = ReadonlyMap<string, RecordType>;

const TIMESTAMP: ValueType = { kind: 'timestamp' };

export type JsonObject = Record<string, unknown>;

export function toOutgoing(payload: Payload, types: RecordTypes, form: ValueForm = 'json'): JsonObject {
  if (payload instanceof DeadLetter) {
    const { where, split, offset, reason, raw } = payload;
    return { where, split, offset, reason, raw };
  }
  const value = recordJson(payload, types, form);
  return payload.alert === undefined ? value : alertJson(payload.alert, value, (event) => evidence(event, types, form));
}

function alertJson(alert: AlertEnvelope, value: JsonObject, shown: (event: StreamRecord) => JsonObject): JsonObject {
  const [first] = alert.stages;
  const isFilter = alert.stages.length === 1 && first?.name === FILTER_STAGE && first.events.length === 1;
  const stages = Object.fromEntries(alert.stages.map((stage) => [stage.name, stage.events.map(shown)]));
  return {
    id: alert.id,
    rule: alert.rule,
    severity: alert.severity,
    ...(alert.tags.length > 0 ? { tags: alert.tags } : {}),
    ...(alert.key === undefined ? {} : { key: alert.key }),
    time: toJson(alert.time, TIMESTAMP),
    ...(alert.message === undefined ? {} : { message: alert.message }),
    ...(alert.timedOutAt === undefined ? {} : { timedOutAt: alert.timedOutAt }),
    ...(alert.isSelected ? value : {}),
    ...(isFilter ? { event: shown(first.events[0]!) } : { stages }),
  };
}

function evidence(event: StreamRecord, types: RecordTypes, form: ValueForm): JsonObject {
  return named(event.value, types.get(event.source) ?? UNTYPED, form) as JsonObject;
}

/** A value with the fields that its type names, at every depth; what the type says nothing of is whole. */
function named(value: unknown, type: ValueType, form: ValueForm): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (type.kind === 'list' && Array.isArray(value)) return value.map((part) => named(part, type.element, form));
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type.kind !== 'record' || !isObject) return toJson(value, type, form);
  const names = Object.keys(type.fields);
  if (names.length === 0) return toJson(value, type, form);
  const shown: JsonObject = {};
  for (const name of names) {
    if (!Object.hasOwn(value, name)) continue;
    setOwn(shown, name, named((value as JsonObject)[name], type.fields[name]!.type, form));
  }
  return shown;
}

/** A record's value with timestamps and durations as text, and bytes where the form has none. */
export function recordJson(record: StreamRecord, types: RecordTypes, form: ValueForm = 'json'): JsonObject {
  const type: ValueType = types.get(record.source) ?? UNTYPED;
  return toJson(record.value, type, form) as JsonObject;
}
