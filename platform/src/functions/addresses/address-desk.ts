/**
 * What operators ask of the addresses of a subtask: lists them, reads and edits their state, and has parked ones called again.
 *
 * Invariants
 * - A question waits here until the task comes to it, between messages: an edit is in a checkpoint exactly as what a call led
 *   to would be.
 * - An address that is being called is edited when its answer is there: what the call makes of the state that it was given
 *   would undo the edit.
 * - An edit is answered when no failure can undo it any more: when it is synced to the log of invocations, or else in a
 *   checkpoint that is complete. A job with neither loses it with everything else.
 */
import { readListExtent, type StateMutation, type StateSpec, type TypedValue } from '@tidegate/functions-sdk/protocol';
import type { AddressAnswer, AddressQuestion, AddressStatus, StateParts } from '../../job/address-question.js';
import type { BusyAddresses } from '../busy-addresses.js';
import type { FunctionTypeState } from '../function-type-state.js';
import type { FunctionTypes } from '../function-types.js';
import type { InvocationLog } from '../requests/invocation-log.js';
import { AddressListing } from './address-listing.js';
import { StateEntries } from './state-entries.js';
import { storedValue, UnfitValue, writtenBytes } from './stored-value.js';

export interface AddressDeskOptions {
  readonly types: FunctionTypes;
  readonly addresses: BusyAddresses;
  readonly clock: { now(): number };
  /** Where every call is logged. */
  readonly log: InvocationLog | undefined;
  /** Whether checkpoints are taken by themselves. */
  readonly hasCheckpoints: boolean;
}

const DONE: AddressAnswer = { kind: 'done' };

type Answered = (answer: AddressAnswer) => void;
type Listing = Extract<AddressQuestion, { readonly kind: 'list' }>;
type EntriesAsked = Extract<AddressQuestion, { readonly kind: 'entries' }>;
type Edit = Extract<AddressQuestion, { readonly kind: 'write' | 'delete' }>;

interface Asked<Q extends AddressQuestion = AddressQuestion> {
  readonly question: Q;
  readonly answered: Answered;
}

export class AddressDesk {
  #asked: Asked[] = [];
  #listings: { readonly listing: AddressListing; readonly asked: Asked<Listing> }[] = [];
  /** Of edits that are in no checkpoint yet. */
  #unsaved: (() => void)[] = [];
  /** By checkpoint: of edits that it has. */
  readonly #saved = new Map<number, readonly (() => void)[]>();

  constructor(private readonly options: AddressDeskOptions) {}

  /** @param answered never from within */
  ask(question: AddressQuestion, answered: Answered): void {
    this.#asked.push({ question, answered });
  }

  /** Acts on what was asked. To be called between messages. @returns whether it is to be called again soon */
  settle(): boolean {
    if (this.#asked.length === 0 && this.#listings.length === 0) return false;
    const asked = this.#asked;
    this.#asked = [];
    for (const one of asked) this.#act(one);
    this.#listings = this.#listings.filter(({ listing, asked }) => !this.#list(listing, asked));
    return asked.length > this.#asked.length || this.#listings.length > 0;
  }

  prepareSnapshot(checkpoint: number): void {
    if (this.#unsaved.length === 0) return;
    this.#saved.set(checkpoint, this.#unsaved);
    this.#unsaved = [];
  }

  /** The checkpoint is complete. */
  complete(checkpoint: number): void {
    for (const [older, edits] of [...this.#saved]) {
      if (older > checkpoint) continue;
      this.#saved.delete(older);
      for (const done of edits) done();
    }
  }

  #act(asked: Asked): void {
    const { question, answered } = asked;
    const type = this.options.types.known(question.type);
    if (type === undefined) return answered(unknownType(question));
    switch (question.kind) {
      case 'list': {
        const { after, limit, isParked = false } = question;
        this.#listings.push({
          listing: new AddressListing(type, after, limit, isParked),
          asked: { question, answered },
        });
        return;
      }
      case 'read':
        return answered({ kind: 'address', address: details(type, question.id) });
      case 'entries':
        return answered(entries(type, question));
      case 'release':
        return this.#release(type, question.id, answered);
      default:
        if (type.active.get(question.id)?.life.state === 'calling') this.#asked.push(asked);
        else this.#edit(type, { question, answered });
    }
  }

  /** @returns whether it is done */
  #list(listing: AddressListing, { question, answered }: Asked<Listing>): boolean {
    const ids = listing.advance();
    if (ids === undefined) return false;
    const type = this.options.types.known(question.type)!;
    const addresses = ids.slice(0, question.limit).map((id) => listed(type, id));
    answered({ kind: 'list', addresses, hasMore: ids.length > question.limit });
    return true;
  }

  #edit(type: FunctionTypeState, { question, answered }: Asked<Edit>): void {
    const { id } = question;
    const changes = changesOf(type, question);
    if ('kind' in changes) return answered(changes);
    if (changes.mutations.length === 0) return answered(DONE);
    type.state.apply(id, changes.mutations);
    const done = (): void => answered(DONE);
    const { log, clock } = this.options;
    if (log !== undefined) {
      const effects = { messages: [], delayed: [], egresses: [], state: changes.mutations };
      const target = { type: type.descriptor.type, id };
      // A call that takes in no message. What comes of the edit is behind it in the log.
      const outcome = { kind: 'result', effects } as const;
      log.append({ kind: 'outcome', target, consumed: [], outcome, atMs: clock.now() }, done);
    } else this.#answerWhenSaved(done);
  }

  /** It is in no log that an address is parked: a checkpoint has to know that it is so no more. */
  #release(type: FunctionTypeState, id: string, answered: Answered): void {
    const address = type.active.get(id);
    if (address?.life.state !== 'parked')
      return answered(refused('conflict', `${nameOf(type, id)} is not parked: it is ${statusOf(type, id)}`));
    this.options.addresses.release(address);
    this.#answerWhenSaved(() => answered(DONE));
  }

  #answerWhenSaved(done: () => void): void {
    if (this.options.hasCheckpoints) this.#unsaved.push(done);
    else done();
  }
}

/** Of a namespace a subtask knows the types that it has met. */
function unknownType({ type }: AddressQuestion): AddressAnswer {
  return refused('not-found', `there is no function ${type}, or it was never called`);
}

type Refused = Extract<AddressAnswer, { readonly kind: 'refused' }>;
type Changes = { readonly mutations: readonly StateMutation[] } | Refused;

function changesOf(type: FunctionTypeState, question: Edit): Changes {
  const { id, state: name } = question;
  const present = type.state.kept(id).filter(({ value }) => value !== undefined);
  if (question.kind === 'delete' && name === undefined)
    return { mutations: present.map(({ name }) => ({ name, value: undefined })) };
  const spec = type.state.spec(name!);
  if (spec === undefined) return unknownState(type, name!);
  if (question.key !== undefined) return entryChanges(type, { ...question, state: spec.name, key: question.key });
  const former = present.find(({ name }) => name === spec.name)?.value;
  if (question.kind === 'delete')
    return { mutations: former === undefined ? [] : [{ name: spec.name, value: undefined }] };
  if (spec.isInParts === true)
    return refused(
      'invalid',
      `the state ${spec.name} is in parts: its entries can be written and deleted, and it can be deleted as a whole`,
    );
  return fitting(() => {
    const bytes = writtenBytes(question.value, spec.typename, former);
    return [{ name: spec.name, value: { typename: spec.typename, hasValue: true, bytes } }];
  });
}

function entryChanges(
  type: FunctionTypeState,
  question: Edit & { readonly state: string; readonly key: string },
): Changes {
  const { id, state, key } = question;
  if (type.state.spec(state)?.isInParts !== true) return notInParts(state);
  const kept = new StateEntries(type.state, id, state);
  return fitting(() => (question.kind === 'write' ? kept.write(key, question.value) : kept.delete(key)));
}

function fitting(changes: () => readonly StateMutation[]): Changes {
  try {
    return { mutations: changes() };
  } catch (error) {
    if (error instanceof UnfitValue) return refused('invalid', error.message);
    throw error;
  }
}

function entries(type: FunctionTypeState, question: EntriesAsked): AddressAnswer {
  const { id, state } = question;
  const spec = type.state.spec(state);
  if (spec === undefined) return unknownState(type, state);
  if (spec.isInParts !== true) return notInParts(state);
  return { kind: 'entries', type: spec.typename, ...new StateEntries(type.state, id, state).read(question) };
}

function unknownState(type: FunctionTypeState, state: string): Refused {
  return refused('not-found', `${type.descriptor.type} has no state ${state}: ${declared(type)}`);
}

function notInParts(state: string): Refused {
  return refused('invalid', `the state ${state} is one value, and has no entries`);
}

function declared({ state }: FunctionTypeState): string {
  const names = state.specs.map(({ name }: StateSpec) => name);
  return names.length === 0 ? 'it has declared none so far' : `it has ${names.join(', ')}`;
}

function details(type: FunctionTypeState, id: string) {
  const states = type.state.kept(id).map(({ name, value }) => {
    const { typename, isInParts, parts } = type.state.spec(name)!;
    if (value === undefined) return { name, type: typename };
    return {
      name,
      type: typename,
      ...(isInParts === true ? { parts: partsOf(value, parts) } : { value: storedValue(value) }),
    };
  });
  const failures = type.active.get(id)?.failures ?? 0;
  return { ...listed(type, id), waitingBytes: type.backlog.bytes(id), failures, states };
}

/** @param own of the whole @param told what the function says */
function partsOf(own: TypedValue, told: StateSpec['parts']): StateParts {
  const extent = readListExtent(own);
  if (told === 'map' || (told === undefined && extent === undefined)) return { kind: 'map' };
  return { kind: 'list', length: extent === undefined ? 0 : extent.next - extent.first };
}

function listed(type: FunctionTypeState, id: string) {
  return { id, status: statusOf(type, id), waiting: type.backlog.count(id) };
}

function statusOf(type: FunctionTypeState, id: string): AddressStatus {
  return type.active.get(id)?.life.state ?? 'idle';
}

function nameOf({ descriptor }: FunctionTypeState, id: string): string {
  return `${descriptor.type} of ${JSON.stringify(id)}`;
}

function refused(why: 'not-found' | 'conflict' | 'invalid', message: string): Refused {
  return { kind: 'refused', why, message };
}
