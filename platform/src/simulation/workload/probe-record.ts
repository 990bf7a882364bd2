/** What flows between the probes, and the lines that come out of the job. */
import type { SourceSchemas } from '../../record/codec/stream-record-codec.js';
import type { FieldSchema, RecordSchema } from '../../record/codec/value-schema.js';
import { StreamRecord, type Split } from '../../record/stream-record.js';

/** What the ledger sends to the totals. */
export interface LedgerValue {
  readonly k: string;
  readonly j: string;
  /** Rises by one from record to record of a key; 0 for what is not an event's. */
  readonly n: number;
  /** `SPLIT@OFFSET` of an event, with `~LAP` when it has come round; `window:K:END:COUNT` and `final:K:COUNT` of what the ledger says itself. */
  readonly id: string;
  /** How often it has come round. */
  readonly lap: number;
  /** Keys that it is still to come back to. */
  readonly laps: readonly string[];
}

/** What comes back to the ledger. */
export interface LapValue {
  readonly k: string;
  readonly j: string;
  readonly id: string;
  readonly lap: number;
  readonly laps: readonly string[];
  /** The key that sent it, and that key's count then. */
  readonly from: string;
  readonly count: number;
}

const TEXT: FieldSchema = { type: { kind: 'string' } };
const NUMBER: FieldSchema = { type: { kind: 'int' } };
const TEXTS: FieldSchema = { type: { kind: 'list', element: { kind: 'string' } } };

/** Of all that flows, by its source; of alerts nothing is known. */
export const PROBE_SCHEMAS: SourceSchemas = {
  events: record({ k: TEXT, j: TEXT, t: NUMBER, laps: TEXTS, parcel: { ...TEXT, optional: true } }),
  ledger: record({ k: TEXT, j: TEXT, n: NUMBER, id: TEXT, lap: NUMBER, laps: TEXTS }),
  laps: record({ k: TEXT, j: TEXT, id: TEXT, lap: NUMBER, laps: TEXTS, from: TEXT, count: NUMBER }),
  totals: record({ line: { type: { kind: 'dyn' } } }),
};

function record(fields: RecordSchema['fields']): RecordSchema {
  return { kind: 'record', fields, open: false };
}

const LEDGER_SPLIT: Split = { ingress: 'ledger', id: 'ledger' };
const LAP_SPLIT: Split = { ingress: 'laps', id: 'laps' };
const TOTALS_SPLIT: Split = { ingress: 'totals', id: 'totals' };

/** @param value the record's own from now on */
export function ledgerRecord(value: LedgerValue & Record<string, unknown>, time: number): StreamRecord {
  return new StreamRecord(value, time, 'ledger', LEDGER_SPLIT, value.id, undefined, undefined);
}

/** The next lap of an event that has one before it. */
export function lapRecord({ j, id, lap, laps }: LedgerValue, from: string, count: number, time: number): StreamRecord {
  const [k, ...rest] = laps;
  const [event] = id.split('~');
  const next = { k, j, id: `${event}~${lap + 1}`, lap: lap + 1, laps: rest, from, count };
  return new StreamRecord(next, time, 'laps', LAP_SPLIT, next.id, undefined, undefined);
}

/** A line of output. */
export type OutputLine =
  | readonly [kind: 'event', j: string, m: number, k: string, n: number, id: string]
  | readonly [kind: 'total-window', j: string, end: number, count: number]
  | readonly [kind: 'total-final', j: string, count: number]
  | readonly [kind: 'late', id: string]
  | readonly [kind: 'alert', id: string]
  | readonly [kind: 'call', address: string, n: number, parcel: string]
  | readonly [kind: 'letter', parcel: string];

export function totalsRecord(line: OutputLine, time: number): StreamRecord {
  const offset = line[0] === 'event' ? line[5] : writeOutputLine(line);
  return new StreamRecord({ line }, time, 'totals', TOTALS_SPLIT, offset, undefined, undefined);
}

/** As it is put out: `event J M K N ID`, `total-window J END COUNT`; no part of a line has a space in it. */
export function writeOutputLine(line: OutputLine): string {
  return line.join(' ');
}

/** What the line is about: its second word. */
export function keyOfLine(text: string): string {
  const start = text.indexOf(' ') + 1;
  const end = text.indexOf(' ', start);
  return text.slice(start, end < 0 ? undefined : end);
}

export function readOutputLine(text: string): OutputLine {
  const parts = text.split(' ');
  const [kind] = parts as [OutputLine[0]];
  const [, first, second, third, fourth, fifth] = parts as [unknown, string, string, string, string, string];
  switch (kind) {
    case 'event':
      return [kind, first, Number(second), third, Number(fourth), fifth];
    case 'total-window':
      return [kind, first, Number(second), Number(third)];
    case 'total-final':
      return [kind, first, Number(second)];
    case 'call':
      return [kind, first, Number(second), third];
    default:
      return [kind, first];
  }
}
