/** Frames of small events with their keys, and their schema. */
import type { FrameElement } from '../../src/network/element.js';
import type { SourceSchemas } from '../../src/record/codec/stream-record-codec.js';
import { StreamRecord } from '../../src/record/stream-record.js';

export const FRAME_RECORDS = 512;

export const PAYMENTS: SourceSchemas = {
  payments: {
    kind: 'record',
    fields: {
      cardId: { type: { kind: 'int' } },
      amount: { type: { kind: 'double' } },
      country: { type: { kind: 'string' } },
      merchant: { type: { kind: 'int' } },
      ts: { type: { kind: 'timestamp' } },
    },
    open: false,
  },
};

const COUNTRIES = ['DE', 'FR', 'GB', 'US', 'NL', 'PL', 'IT', 'ES'];
const SPLIT = { ingress: 'payments', id: 'file:payments' };

interface PaymentsFrame extends FrameElement {
  readonly records: readonly StreamRecord[];
}

/** The frame with this number. */
export function makePayments(frame: number): PaymentsFrame {
  const records: StreamRecord[] = [];
  const first = frame * FRAME_RECORDS;
  for (let i = first; i < first + FRAME_RECORDS; i++) {
    const country = COUNTRIES[i % COUNTRIES.length]!;
    const value = {
      cardId: (i * 7919) % 100_000,
      amount: (i % 997) + 0.25,
      country,
      merchant: i % 5000,
      ts: 1.7e12 + i,
    };
    records.push(new StreamRecord(value, value.ts, 'payments', SPLIT, i * 80, undefined, undefined));
  }
  return { kind: 'frame', records, keys: records.map(({ value }) => value['cardId'] as number) };
}
