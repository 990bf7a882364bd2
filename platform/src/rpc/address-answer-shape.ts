/** The shape of what a worker answers about addresses of functions: see report-shape.ts. */
import {
  ADDRESS_STATUSES,
  LIST_MAX,
  VALUE_BYTES_MAX,
  type AddressAnswer,
  type AddressDetails,
  type AddressState,
  type ListedAddress,
  type StoredValue,
} from '../job/address-question.js';
import { count, fields, kinds, list, oneOf, optional, text, truth } from './shape.js';

/** Base64 takes a third more than the bytes. */
const anyText = text(2 * VALUE_BYTES_MAX);
const listed = { id: anyText, status: oneOf(ADDRESS_STATUSES), waiting: count };
const state = fields<AddressState>({
  ...{ name: anyText, type: anyText },
  value: optional(fields<StoredValue>({ bytes: count, json: optional(anyText), base64: optional(anyText) })),
});
const details = fields<AddressDetails>({ ...listed, waitingBytes: count, failures: count, states: list(state) });

export const addressAnswer = kinds<AddressAnswer>({
  list: { addresses: list(fields<ListedAddress>(listed), LIST_MAX), hasMore: truth },
  address: { address: details },
  done: {},
  refused: { why: oneOf(['not-found', 'conflict', 'invalid', 'unavailable']), message: anyText },
});
