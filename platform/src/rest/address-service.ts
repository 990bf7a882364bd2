/**
 * The addresses of a job's functions, as the API shows and edits them.
 *
 * Invariants
 * - What cannot be done is an ApiError: `not-found` where there is no such function or state, `conflict` where the address is
 *   not as it must be, `unavailable` where it is worth another try.
 * - An edit that has resolved is not undone by a failure.
 */
import type { AddressStatus, WrittenValue } from '../job/address-question.js';

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
}

export interface AddressService {
  /** In the order of their ids. */
  list(type: string, page: AddressPage): Promise<AddressesView>;
  /** Personal data are masked. */
  read(type: string, id: string): Promise<AddressView>;
  /** As it is. */
  readState(type: string, id: string, state: string): Promise<StateView>;
  write(type: string, id: string, state: string, value: WrittenValue): Promise<void>;
  /** @param state undefined: all that it has */
  delete(type: string, id: string, state?: string): Promise<void>;
  /** Has a parked address called again. */
  release(type: string, id: string): Promise<void>;
}
