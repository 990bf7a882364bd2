/** Keeps every state as text, and makes it anew each time it is read: so it forgets whatever it was not told of. */
import {
  KeyStateForm,
  PlainState,
  TimeOrigin,
  type DueKey,
  type KeyState,
  type MatchStore,
  type PatternSet,
  type RuleMeaning,
} from '../../src/index.js';

export class ForgetfulStore<E> implements MatchStore<string, E> {
  readonly texts = new Map<string, string>();
  readonly form: KeyStateForm<E>;

  constructor(
    set: PatternSet<E>,
    readonly origin = new TimeOrigin(),
    meanings: readonly RuleMeaning[] = set.rules.map(() => ({ steps: [] })),
    /** Whether keys must be asked for before they are read, as they are in event time. */
    private readonly readsAhead = false,
  ) {
    this.form = new KeyStateForm(set, meanings, origin);
  }

  get(key: string): KeyState<E> | undefined {
    if (this.readsAhead && !this.#fetched.has(key)) throw new Error(`${key} is read and was not asked for`);
    const text = this.texts.get(key);
    return text === undefined ? undefined : this.form.read(plainOf(text));
  }

  put(key: string, state: KeyState<E>): void {
    this.changed(key, state);
  }

  changed(key: string, state: KeyState<E>): void {
    const plain = new PlainState<E>();
    this.form.write(state, plain);
    this.texts.set(key, JSON.stringify(plain));
  }

  delete(key: string): void {
    this.texts.delete(key);
  }

  /** What was asked for last. */
  readonly #fetched = new Set<string>();

  prefetch(keys: readonly (string | undefined)[], count: number): void {
    this.#fetched.clear();
    for (const key of keys.slice(0, count)) if (key !== undefined) this.#fetched.add(key);
  }

  get isEmpty(): boolean {
    return this.texts.size === 0;
  }

  *dues(): Generator<DueKey<string>> {
    for (const [key, text] of this.texts) yield { key, due: plainOf(text).due };
  }
}

export function plainOf<E>(text: string): PlainState<E> {
  const { due, ...tables } = JSON.parse(text) as PlainState<E>;
  return Object.assign(new PlainState<E>(), tables, { due: due ?? Infinity });
}
