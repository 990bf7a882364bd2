/** The request with which an event came, and with it the alert that answers it: that of its last event of the ingress. */
import { REQUEST_HEADER } from '@tidegate/connectors/api';
import { keyOfId } from '../../functions/function-message.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { RecordKeyOf } from '../rule/key-selector.js';

/** Undefined for what came with none. */
export function requestSelector(ingress: string): RecordKeyOf {
  return (record) => {
    const request = lastOf(record, ingress)?.headers?.[REQUEST_HEADER];
    return request === undefined ? undefined : keyOfId(request);
  };
}

/** Of an alert on alerts: that of theirs. */
function lastOf(record: StreamRecord, ingress: string): StreamRecord | undefined {
  if (record.alert === undefined) return record.split.ingress === ingress ? record : undefined;
  let last: StreamRecord | undefined;
  for (const { events } of record.alert.stages)
    for (const event of events) {
      const found = lastOf(event, ingress);
      if (found !== undefined && (last === undefined || found.offset > last.offset)) last = found;
    }
  return last;
}
