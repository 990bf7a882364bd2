/**
 * Brings stream records that were written under older schemas to newer ones, source by source, matched events included.
 * Records of a source that is gone stay as they are: nobody but old alerts speaks of them.
 */
import { StreamRecord } from '../stream-record.js';
import { resolveRecord, Unresolvable, type Adapt } from './schema-resolution.js';
import type { SourceSchemas } from './stream-record-codec.js';

export class RecordResolver {
  /** @returns what does not fit, if something does not */
  static between(written: SourceSchemas, wanted: SourceSchemas): RecordResolver | Unresolvable {
    const adapts = new Map<string, Adapt>();
    for (const [source, reader] of Object.entries(wanted)) {
      // Nothing was written of a source that came later.
      if (!Object.hasOwn(written, source)) continue;
      const adapt = resolveRecord(written[source]!, reader);
      if (adapt instanceof Unresolvable) return new Unresolvable(`${source}: ${adapt.reason}`);
      adapts.set(source, adapt);
    }
    return new RecordResolver(adapts);
  }

  private constructor(private readonly adapts: ReadonlyMap<string, Adapt>) {}

  resolve(record: StreamRecord): StreamRecord {
    const adapt = this.adapts.get(record.source);
    if (adapt === undefined && record.alert === undefined) return record;
    const value = adapt === undefined ? record.value : (adapt(record.value) as StreamRecord['value']);
    const alert = record.alert && {
      ...record.alert,
      stages: record.alert.stages.map(({ name, events }) => ({
        name,
        events: events.map((event) => this.resolve(event)),
      })),
    };
    const { timestamp, source, split, offset, headers } = record;
    return new StreamRecord(value, timestamp, source, split, offset, headers, alert);
  }
}
