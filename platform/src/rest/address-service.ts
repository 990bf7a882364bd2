/**
 * The addresses of a job's functions, as the API shows and edits them.
 *
 * Invariants
 * - What cannot be done is an ApiError: `not-found` where there is no such function, state or entry, `conflict` where the address is
 *   not as it must be, `unavailable` where it is worth another try.
 * - An edit that has resolved is not undone by a failure.
 */
import type { AddressStatus, StateParts, WrittenValue } from '../job/address-question.js';

export interface AddressPage {
  /** Only ids behind this one. */
  readonly after?: string;
  readonly limit?: number;
  readonly isParked?: boolean;
}

export interface AddressOverview {
  readonly id: string;
  readonly status: AddressStatus;
  /** Messages that are not done with. */
  readonly waiting: number;
}

export interface AddressesView {
  readonly addresses: readonly AddressOverview[];
  /** Whether there are more behind the last one. */
  readonly hasMore: boolean;
}

export interface AddressView extends AddressOverview {
  readonly waitingBytes: number;
  /** Calls that failed in a row. */
  readonly failures: number;
  readonly states: readonly StateView[];
}

/** Without `bytes` the address has no such state; with neither value nor base64 it is more than is shown. */
export interface StateView {
  readonly name: string;
  readonly type: string;
  readonly bytes?: number;
  /** Where it is JSON. */
  readonly value?: unknown;
  readonly base64?: string;
  /** Where it is in parts: its entries are asked for by themselves. */
  readonly parts?: StateParts;
}

/** Which entries of a state in parts: of a list they are its elements, whose keys are their places from 0. */
export interface EntryPage {
  /** Only those behind this key. */
  readonly after?: string;
  readonly limit?: number;
}

export interface EntriesView {
  readonly type: string;
  readonly entries: readonly EntryView[];
  /** Whether there are more behind the last one. */
  readonly hasMore: boolean;
}

export type EntryView = Pick<StateView, 'bytes' | 'value' | 'base64'> & { readonly key: string };

/** Whoever has jobs with functions: a cluster, or one run. */
export interface AddressHost {
  /** @throws ApiError `not-found` for a job that there is not */
  addresses(job: string): AddressService;
}

export interface AddressService {
  /** In the order of their ids. */
  list(type: string, page: AddressPage): Promise<AddressesView>;
  /** Personal data are masked. */
  read(type: string, id: string): Promise<AddressView>;
  /** As it is. */
  readState(type: string, id: string, state: string): Promise<StateView>;
  /** Of a state in parts, as they are. */
  entries(type: string, id: string, state: string, page: EntryPage): Promise<EntriesView>;
  entry(type: string, id: string, state: string, key: string): Promise<EntryView>;
  /** @param key of an entry, where the state is in parts */
  write(type: string, id: string, state: string, value: WrittenValue, key?: string): Promise<void>;
  /**
   * @param state undefined: all that it has
   * @param key of an entry; undefined: the whole state
   */
  delete(type: string, id: string, state?: string, key?: string): Promise<void>;
  /** Has a parked address called again. */
  release(type: string, id: string): Promise<void>;
}
