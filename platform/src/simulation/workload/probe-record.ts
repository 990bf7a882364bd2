/** What flows between the probes, and the lines that come out of the job. */
import { StreamRecord, type Split } from '../../record/stream-record.js';

/** What the ledger sends to the totals. */
export interface LedgerValue {
  readonly k: string;
  readonly j: string;
  /** Rises by one from record to record of a key; 0 for what is not an event's. */
  readonly n: number;
  /** `SPLIT@OFFSET` of an event; `window:K:END:COUNT` and `final:K:COUNT` of what the ledger says itself. */
  readonly id: string;
}

const LEDGER_SPLIT: Split = { ingress: 'ledger', id: 'ledger' };
const TOTALS_SPLIT: Split = { ingress: 'totals', id: 'totals' };

export function ledgerRecord(value: LedgerValue, time: number): StreamRecord {
  return new StreamRecord({ ...value }, time, 'ledger', LEDGER_SPLIT, value.id, undefined, undefined);
}

/** A line of output: `event J M K N ID`, `total-window J END COUNT`, `total-final J COUNT`, as JSON lists. */
export type OutputLine =
  | readonly [kind: 'event', j: string, m: number, k: string, n: number, id: string]
  | readonly [kind: 'total-window', j: string, end: number, count: number]
  | readonly [kind: 'total-final', j: string, count: number]
  | readonly [kind: 'late', id: string];

export function totalsRecord(line: OutputLine, time: number): StreamRecord {
  return new StreamRecord({ line }, time, 'totals', TOTALS_SPLIT, line.join(' '), undefined, undefined);
}
