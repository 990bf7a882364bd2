/**
 * What an operator asks of the addresses of functions, and what is answered: plain data, from the API to the task that has
 * the address and back. Values are bytes in base64, and JSON as text where that is what they are, so that it may be asked over
 * whatever carries text.
 */
export type AddressQuestion =
  /** Those with state or messages, by their ids in the order of their bytes in UTF-8. */
  | {
      readonly kind: 'list';
      readonly type: string;
      /** Only those behind this id. */
      readonly after?: string;
      /** At most so many: up to LIST_MAX. */
      readonly limit: number;
      /** Only those that are parked. */
      readonly isParked?: boolean;
    }
  | { readonly kind: 'read'; readonly type: string; readonly id: string }
  | {
      readonly kind: 'write';
      readonly type: string;
      readonly id: string;
      readonly state: string;
      /** Of a state in parts: the entry. */
      readonly key?: string;
      readonly value: WrittenValue;
    }
  /** One state, an entry of one in parts, or all that the address has. */
  | {
      readonly kind: 'delete';
      readonly type: string;
      readonly id: string;
      readonly state?: string;
      readonly key?: string;
    }
  /**
   * Entries of a state in parts: of a map by the order of its keys' bytes in UTF-8; of a list its elements, whose keys are their
   * places from 0, in their order.
   */
  | {
      readonly kind: 'entries';
      readonly type: string;
      readonly id: string;
      readonly state: string;
      /** This one alone. */
      readonly key?: string;
      /** Only those behind this key. */
      readonly after?: string;
      /** At most so many: up to LIST_MAX. */
      readonly limit: number;
    }
  /** A parked address is called again. */
  | { readonly kind: 'release'; readonly type: string; readonly id: string };

/** JSON, as its type has it (StateFun's simple types among them); or the bytes themselves, in base64. */
export type WrittenValue = { readonly json: string } | { readonly base64: string };

export type AddressAnswer =
  | {
      readonly kind: 'list';
      readonly addresses: readonly ListedAddress[];
      /** Whether there are more behind the last one. */
      readonly hasMore: boolean;
    }
  | { readonly kind: 'address'; readonly address: AddressDetails }
  | {
      readonly kind: 'entries';
      /** Name of their type. */
      readonly type: string;
      readonly entries: readonly AddressEntry[];
      /** Whether there are more behind the last one. */
      readonly hasMore: boolean;
    }
  /** It cannot be undone by a failure any more. */
  | { readonly kind: 'done' }
  | {
      readonly kind: 'refused';
      /** `unavailable`: not now; what was asked for may have been done or not. */
      readonly why: 'not-found' | 'conflict' | 'invalid' | 'unavailable';
      readonly message: string;
    };

/** `idle`: no message waits. `ready`, `calling`: in turn. `retrying`: it failed, and is called again later. `parked`: it failed for good. */
export const ADDRESS_STATUSES = ['idle', 'ready', 'calling', 'retrying', 'parked'] as const;
export type AddressStatus = (typeof ADDRESS_STATUSES)[number];

export interface ListedAddress {
  readonly id: string;
  readonly status: AddressStatus;
  /** Messages that are not done with. */
  readonly waiting: number;
}

export interface AddressDetails extends ListedAddress {
  /** What these messages take. */
  readonly waitingBytes: number;
  /** Calls that failed in a row. */
  readonly failures: number;
  /** All that its type has declared. */
  readonly states: readonly AddressState[];
}

export interface AddressState {
  readonly name: string;
  readonly type: string;
  /** Absent: the address has none, or it is in parts. */
  readonly value?: StoredValue;
  /** Present where it is kept in parts and the address has it. */
  readonly parts?: StateParts;
}

/** Entries are asked for by themselves. */
export interface StateParts {
  readonly kind: 'map' | 'list';
  /** Of a list. */
  readonly length?: number;
}

export interface AddressEntry {
  readonly key: string;
  readonly value: StoredValue;
}

export interface StoredValue {
  readonly bytes: number;
  /** Of a value that is JSON. Neither: it has more than VALUE_BYTES_MAX. */
  readonly json?: string;
  readonly base64?: string;
}

/** Whether what is asked changes nothing. */
export function isLook({ kind }: AddressQuestion): boolean {
  return kind === 'list' || kind === 'read' || kind === 'entries';
}

export const LIST_MAX = 1000;

/** @returns what is wrong with the limit of a page; undefined where nothing is */
export function limitFault(limit: number): string | undefined {
  const isOne = Number.isSafeInteger(limit) && limit >= 1 && limit <= LIST_MAX;
  return isOne ? undefined : `limit is ${limit}; expected 1 to ${LIST_MAX}`;
}

/** Of a value that is shown, or written: more goes through no message. */
export const VALUE_BYTES_MAX = 1024 * 1024;
