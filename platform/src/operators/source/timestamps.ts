/** Assigns event time: reads an ingress's time field, or the clock for ingestion time, and guards against the far future. */
import type { Clock } from '../../common/clock.js';
import type { TimeDescriptor } from '../../job/stream-graph.js';
import type { TimeParser } from '../../time/time-parser.js';

/** @returns epoch milliseconds, or what is wrong */
export type TimestampAssigner = (value: Record<string, unknown>) => number | string;

/**
 * @param converted the schema has already brought the field to milliseconds
 */
export function timestampAssigner(time: TimeDescriptor, parse: TimeParser, converted: boolean, clock: Clock): TimestampAssigner {
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
