/**
 * The functions of the simulator, as a server of functions would answer for them: without memory of their own, everything
 * is in their state.
 *
 * - `probe/account` counts the parcels of its address, and sends each on;
 * - `probe/courier` hands on what it is given;
 * - `probe/cellar` refuses everything, and what comes to it is kept.
 *
 * Invariants (asserted: whoever breaks them lost, doubled or reordered something)
 * - What comes from one sender to an account comes in the order of the sender's counts, each once.
 */
import type {
  Address,
  DelayedMessage,
  EgressMessage,
  InvocationBatch,
  InvocationOutcome,
  OutgoingMessage,
  TypedValue,
} from '@tidegate/functions-sdk/protocol';
import { RisingCounts, type LastCounts } from '../workload/rising-counts.js';
import { isKept, nextHop, PARCEL, readParcel, wayOf, writeParcel, type Parcel } from './parcel.js';

export const ACCOUNT = 'probe/account';
export const COURIER = 'probe/courier';
export const CELLAR = 'probe/cellar';
export const OUT = 'probe/out';
/** Of `probe/account`. */
export const ACCOUNT_STATE = { name: 'account', typename: 'probe/account-state', expiration: undefined } as const;

const CANCEL = 'probe/cancel';
/** Far behind the end of every world: a decoy that is not taken back keeps the job from ending. */
const DECOY_MS = 3_600_000;
const DELAYS_MS = 40;

interface AccountState {
  count: number;
  /** The last count of each sender. */
  readonly senders: LastCounts;
}

const COUNTS = new RisingCounts('parcel', 'exactly-once');

export function invoke({ target, state, invocations }: InvocationBatch): InvocationOutcome {
  if (target.type === COURIER) return result({ messages: invocations.map(({ argument }) => hand(target, argument!)) });
  const known = state.find(({ name }) => name === ACCOUNT_STATE.name);
  if (known === undefined) return { kind: 'incomplete', missing: [ACCOUNT_STATE] };
  const call = new AccountCall(target.id, known.value);
  for (const { argument } of invocations) call.take(argument!);
  return call.outcome();
}

/** One batch of one account. */
class AccountCall {
  readonly #state: AccountState;
  readonly #messages: OutgoingMessage[] = [];
  readonly #delayed: DelayedMessage[] = [];
  readonly #egresses: EgressMessage[] = [];

  constructor(
    private readonly id: string,
    state: TypedValue | undefined,
  ) {
    this.#state = state === undefined ? { count: 0, senders: [] } : (JSON.parse(textOf(state)) as AccountState);
  }

  take(argument: TypedValue): void {
    if (argument.typename === CANCEL) this.#delayed.push({ kind: 'cancel', token: textOf(argument) });
    else this.#count(readParcel(argument));
  }

  outcome(): InvocationOutcome {
    const value = typed(ACCOUNT_STATE.typename, JSON.stringify(this.#state));
    return result({
      messages: this.#messages,
      delayed: this.#delayed,
      egresses: this.#egresses,
      state: [{ name: ACCOUNT_STATE.name, value }],
    });
  }

  #count({ id, route, sender, count }: Parcel): void {
    const state = this.#state;
    if (sender !== undefined) COUNTS.next(this.id, state.senders, sender, count);
    const line = ['call', this.id, ++state.count, id];
    this.#egresses.push({ egress: OUT, argument: typed('probe/line', JSON.stringify({ line })) });
    if (isKept(id)) this.#messages.push({ target: { type: CELLAR, id: this.id }, argument: typed(PARCEL, id) });
    const [next, ...rest] = route;
    if (next !== undefined) this.#send(next, { id: nextHop(id), route: rest, count: state.count });
  }

  #send(id: string, parcel: Parcel): void {
    const to: Address = { type: ACCOUNT, id };
    switch (wayOf(parcel.id)) {
      case 'direct':
        this.#messages.push({ target: to, argument: writeParcel({ ...parcel, sender: this.id }) });
        break;
      case 'courier': {
        const argument = writeParcel({ ...parcel, sender: `${this.id} by courier` });
        this.#messages.push({ target: { type: COURIER, id }, argument });
        break;
      }
      case 'delayed':
        this.#delayed.push(later(to, parcel, undefined));
        break;
      case 'with-decoy':
        this.#delayed.push({ ...later(to, parcel, `decoy of ${parcel.id}`), delayMs: DECOY_MS });
        this.#delayed.push(later(to, parcel, parcel.id));
        this.#messages.push({
          target: { type: ACCOUNT, id: this.id },
          argument: typed(CANCEL, `decoy of ${parcel.id}`),
        });
    }
  }
}

function hand({ id }: Address, argument: TypedValue): OutgoingMessage {
  return { target: { type: ACCOUNT, id }, argument };
}

function later(target: Address, parcel: Parcel, token: string | undefined): DelayedMessage & { readonly kind: 'send' } {
  return { kind: 'send', delayMs: 1 + (parcel.count % DELAYS_MS), target, argument: writeParcel(parcel), token };
}

function result(effects: Partial<Extract<InvocationOutcome, { kind: 'result' }>['effects']>): InvocationOutcome {
  return { kind: 'result', effects: { messages: [], delayed: [], egresses: [], state: [], ...effects } };
}

function typed(typename: string, text: string): TypedValue {
  return { typename, hasValue: true, bytes: Buffer.from(text) };
}

function textOf({ bytes }: TypedValue): string {
  return Buffer.from(bytes).toString();
}
