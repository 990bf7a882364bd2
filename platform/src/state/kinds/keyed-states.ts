/**
 * The kinds of keyed state over a backend's tables: each state once, with its time to live where it has one.
 *
 * Invariants
 * - Asked again for the same owner and name, the same object is given; asked for another kind, it is a bug.
 */
import type { Clock } from '../../common/clock.js';
import { invariant } from '../../common/errors.js';
import type { StateDescription } from '../../job/state-handle.js';
import { listCodec } from '../codecs/list-codec.js';
import { PRESENCE_CODEC } from '../codecs/presence-codec.js';
import { stampedCodec, unstampedCodec, type Stamped } from '../codecs/stamped-codec.js';
import type {
  AggregatingState,
  Aggregator,
  ListState,
  MapState,
  ReducingState,
  StateOptions,
  TimerService,
  ValueState,
} from '../keyed-store.js';
import type { StateTables, Sweepable, TableAddress } from '../state-tables.js';
import { TableAggregatingState } from './aggregating-state.js';
import { ExpiringListState } from './expiring-list-state.js';
import { ExpiringMapState } from './expiring-map-state.js';
import { ExpiringValueState } from './expiring-value-state.js';
import { Lifetime } from './lifetime.js';
import { TableListState } from './list-state.js';
import { TableReducingState } from './reducing-state.js';
import { TableTimerService } from './table-timer-service.js';

export class KeyedStates {
  readonly #states = new Map<string, { readonly kind: StateDescription['kind']; readonly state: unknown }>();
  readonly #sweeps: ((entries: number) => void)[] = [];

  constructor(
    private readonly tables: StateTables,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  value<T>(options: StateOptions<T>): ValueState<T> {
    return this.#once('value', options, (address) => this.#values(address, options));
  }

  list<T>(options: StateOptions<T>): ListState<T> {
    return this.#once('list', options, (address) => this.#lists(address, options));
  }

  map<V>(options: StateOptions<V>): MapState<V> {
    return this.#once('map', options, (address) => this.#maps(address, options));
  }

  reducing<T>(options: StateOptions<T>, reduce: (left: T, right: T) => T): ReducingState<T> {
    return this.#once('reducing', options, (address) => new TableReducingState(this.#values(address, options), reduce));
  }

  aggregating<I, A, O>(options: StateOptions<A>, aggregator: Aggregator<I, A, O>): AggregatingState<I, O> {
    return this.#once(
      'aggregating',
      options,
      (address) => new TableAggregatingState(this.#values(address, options), aggregator),
    );
  }

  timers(owner: string, name: string): TimerService {
    return this.#once(
      'timers',
      { owner, name },
      (address) => new TableTimerService(this.tables.map(address, PRESENCE_CODEC)),
    );
  }

  /**
   * Deletes some of what is expired: bounded work, that comes round to every entry.
   * @param entries to be looked at, of each state with a time to live
   */
  sweep(entries: number): void {
    for (const sweep of this.#sweeps) sweep(entries);
  }

  #values<T>(address: TableAddress, { codec, ttl }: StateOptions<T>): ValueState<T> {
    if (ttl === undefined) return this.tables.value(address, unstampedCodec(codec));
    const lifetime = new Lifetime(ttl, this.clock);
    const table = this.tables.value(address, stampedCodec(codec, this.clock));
    this.#sweepAlso(table, lifetime, lifetime.isExpired);
    return new ExpiringValueState(table, lifetime);
  }

  #lists<T>(address: TableAddress, { codec, ttl }: StateOptions<T>): ListState<T> {
    if (ttl === undefined) return new TableListState(this.tables.value(address, listCodec(unstampedCodec(codec))));
    const lifetime = new Lifetime(ttl, this.clock);
    const table = this.tables.value<readonly Stamped<T>[]>(address, listCodec(stampedCodec(codec, this.clock)));
    this.#sweepAlso(table, lifetime, (elements) => elements.every(lifetime.isExpired));
    return new ExpiringListState(new TableListState(table), lifetime);
  }

  #maps<V>(address: TableAddress, { codec, ttl }: StateOptions<V>): MapState<V> {
    if (ttl === undefined) return this.tables.map(address, unstampedCodec(codec));
    const lifetime = new Lifetime(ttl, this.clock);
    const table = this.tables.map(address, stampedCodec(codec, this.clock));
    this.#sweepAlso(table, lifetime, lifetime.isExpired);
    return new ExpiringMapState(table, lifetime);
  }

  #sweepAlso<T>(table: Sweepable<T>, lifetime: Lifetime, isExpired: (value: T) => boolean): void {
    this.#sweeps.push((entries) => {
      if (!lifetime.isEndless) table.sweep(entries, isExpired);
    });
  }

  #once<S>(
    kind: StateDescription['kind'],
    { owner, name }: Pick<TableAddress, 'owner' | 'name'>,
    open: (address: TableAddress) => S,
  ): S {
    const id = `${owner}\u0000${name}`;
    let known = this.#states.get(id);
    if (known === undefined) this.#states.set(id, (known = { kind, state: open({ owner, name, kind }) }));
    invariant(known.kind === kind, `${owner} asks for its state ${name} as ${kind}, which is a ${known.kind}`);
    return known.state as S;
  }
}
