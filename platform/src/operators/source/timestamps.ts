/** Assigns event time: reads an ingress's time field, or the clock for ingestion time, and guards against the far future. */
import type { Clock } from '../../common/clock.js';
import type { RecordType, ValueType } from '../../expression/type.js';
import type { TimeDescriptor } from '../../job/stream-graph.js';
import type { TimeParser } from '../../time/time-parser.js';

/** @returns epoch milliseconds, or what is wrong */
export type TimestampAssigner = (value: Record<string, unknown>) => number | string;

/** The wall clock, but never back: a clock that is put back makes nothing late. */
export class IngestionClock implements Pick<Clock, 'now'> {
  #latest = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  now(): number {
    this.#latest = Math.max(this.#latest, this.clock.now());
    return this.#latest;
  }
}

/**
 * @param converted the schema has already brought the field to milliseconds
 */
export function timestampAssigner(
  time: TimeDescriptor,
  parse: TimeParser,
  converted: boolean,
  clock: Pick<Clock, 'now'>,
): TimestampAssigner {
  if (time.kind === 'ingestion') return () => clock.now();
  const path = time.field ?? [];
  const shown = path.join('.');
  const read = reader(path);
  const { maxFuture } = time;
  return (value) => {
    const found = read(value);
    if (found === undefined) return `time field ${shown} is missing`;
    const millis = converted && typeof found === 'number' ? found : parse(found);
    if (typeof millis === 'string') return `time field ${shown} ${millis}`;
    if (maxFuture !== undefined && millis > clock.now() + maxFuture) {
      return `time field ${shown} is further in the future than maxFuture allows`;
    }
    return millis;
  };
}

function reader(path: readonly string[]): (value: Record<string, unknown>) => unknown {
  const [name] = path;
  if (path.length === 1 && name !== undefined && !(name in Object.prototype)) return (value) => value[name];
  return (value) => {
    let current: unknown = value;
    for (const part of path) {
      if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
      current = (current as Record<string, unknown>)[part];
    }
    return current;
  };
}

/** The declared type of the field at a path; `dyn` where the schema does not say. */
export function typeAt(schema: RecordType, path: readonly string[]): ValueType {
  let type: ValueType = schema;
  for (const name of path) {
    const field: ValueType | undefined =
      type.kind === 'record' && Object.hasOwn(type.fields, name) ? type.fields[name]?.type : undefined;
    if (field === undefined) return { kind: 'dyn' };
    type = field;
  }
  return type;
}
