/** The shape of what a worker answers about addresses of functions: see report-shape.ts. */
import {
  ADDRESS_STATUSES,
  LIST_MAX,
  VALUE_BYTES_MAX,
  type AddressAnswer,
  type AddressDetails,
  type AddressEntry,
  type AddressState,
  type ListedAddress,
  type StateParts,
  type StoredValue,
} from '../job/address-question.js';
import { count, fields, kinds, list, oneOf, optional, text, truth } from './shape.js';

/** Base64 takes a third more than the bytes. */
const anyText = text(2 * VALUE_BYTES_MAX);
const listed = { id: anyText, status: oneOf(ADDRESS_STATUSES), waiting: count };
const value = fields<StoredValue>({ bytes: count, json: optional(anyText), base64: optional(anyText) });
const state = fields<AddressState>({
  ...{ name: anyText, type: anyText, value: optional(value) },
  parts: optional(fields<StateParts>({ kind: oneOf(['map', 'list']), length: optional(count) })),
});
const details = fields<AddressDetails>({ ...listed, waitingBytes: count, failures: count, states: list(state) });

export const addressAnswer = kinds<AddressAnswer>({
  list: { addresses: list(fields<ListedAddress>(listed), LIST_MAX), hasMore: truth },
  address: { address: details },
  entries: { type: anyText, entries: list(fields<AddressEntry>({ key: anyText, value }), LIST_MAX), hasMore: truth },
  done: {},
  refused: { why: oneOf(['not-found', 'conflict', 'invalid', 'unavailable']), message: anyText },
});
