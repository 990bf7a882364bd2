/**
 * Turns a pattern into its state graph, from the last stage to the first. "Sink" is the state that follows.
 *
 * The order in which states are made and edges added is part of the result: the former decides which states a quantifier's
 * window applies to (see StateRegistry), the latter in which order matches come out.
 */
import { allOf, not, type Predicate } from '../pattern/predicate.js';
import type { Pattern } from '../pattern/pattern.js';
import { Scope, unless } from './scope.js';
import type { Graph, State } from './state.js';
import { StateRegistry } from './state-registry.js';

interface Ban<E> {
  readonly stage: string;
  readonly predicate: Predicate<E>;
}

export class GraphCompiler<E> {
  readonly #registry = new StateRegistry<E>();
  readonly #stops = new Map<string, State<E>>();
  /** By the name of a sink: its copy without the restrictions that a greedy stage put on the sink. */
  readonly #unrestricted = new Map<string, State<E>>();
  /** Groups with a quantifier whose first round is not the one being compiled. */
  readonly #laterRounds = new Set<Pattern<E>>();
  #window: number | undefined;

  /** `last` is the pattern's last stage. */
  compile(last: Pattern<E>): Graph<E> {
    const end = this.#registry.end();
    this.#window = last.window('FIRST_AND_LAST');
    const start = this.#chain(last, end, new Scope<E>(undefined, true), undefined);
    const { states, stages } = this.#registry;
    return { states, stages, start, window: this.#window };
  }

  /** All stages of a chain, given its last. `following` is the stage after the chain, as far as this scope sees it. */
  #chain(last: Pattern<E>, sink: State<E>, scope: Scope<E>, following: Pattern<E> | undefined): State<E> {
    let state = sink;
    let pattern = last;
    let after = following;
    while (pattern.previous !== undefined) {
      state = this.#middle(pattern, state, scope, after);
      after = pattern;
      pattern = pattern.previous;
      this.#narrowWindow(pattern.window('FIRST_AND_LAST'));
    }
    return this.#stage(pattern, state, scope, after);
  }

  #middle(pattern: Pattern<E>, sink: State<E>, scope: Scope<E>, following: Pattern<E> | undefined): State<E> {
    switch (pattern.quantifier.contiguity) {
      case 'not-follow':
        return this.#notFollowedBy(pattern, sink, scope);
      case 'not-next':
        return this.#notNext(pattern, sink, scope);
      default:
        return this.#stage(pattern, sink, scope, following);
    }
  }

  /** In the middle it is no state but a ban on its neighbours; at the end it waits for the window to run out. */
  #notFollowedBy(pattern: Pattern<E>, sink: State<E>, scope: Scope<E>): State<E> {
    const hasWindow = pattern.window('PREVIOUS_AND_CURRENT') !== undefined || (this.#window ?? 0) > 0;
    if (!hasWindow || sink.kind !== 'final') return sink;
    const pending = this.#registry.taking(pattern, 'not', 'pending');
    const banned = scope.take(pattern);
    pending.proceed(this.#stop(pattern.name, banned), banned);
    pending.ignore(pending, not(banned));
    return pending;
  }

  #notNext(pattern: Pattern<E>, sink: State<E>, scope: Scope<E>): State<E> {
    const state = this.#registry.taking(pattern, 'not');
    const banned = scope.take(pattern);
    const stop = this.#stop(pattern.name, banned);
    // As the last stage it needs an event that does not fit: a PROCEED to the end would be found without one.
    if (sink.kind === 'final') state.ignore(sink, not(banned));
    else state.proceed(sink, not(banned));
    state.proceed(stop, banned);
    return state;
  }

  #stage(pattern: Pattern<E>, sink: State<E>, scope: Scope<E>, following: Pattern<E> | undefined): State<E> {
    const { kind } = pattern.quantifier;
    let first: State<E>;
    if (kind === 'looping') {
      this.#laterRounds.add(pattern);
      const loop = this.#loop(pattern, this.#withoutEarlierBans(pattern, sink, scope), scope, following);
      this.#laterRounds.delete(pattern);
      first = this.#times(pattern, loop, sink, scope, following);
    } else if (kind === 'times') {
      first = this.#times(pattern, sink, sink, scope, following);
    } else {
      const { isOptional } = pattern.quantifier;
      first = this.#single(
        pattern,
        sink,
        sink,
        scope.take(pattern),
        scope.ignoreBefore(pattern),
        isOptional,
        scope,
        following,
      );
    }
    this.#addBans(pattern, first, scope);
    return first;
  }

  /** The chain of copies of `times(from, to)`: optional ones next to the sink, then the mandatory ones. */
  #times(
    pattern: Pattern<E>,
    sink: State<E>,
    after: State<E>,
    scope: Scope<E>,
    following: Pattern<E> | undefined,
  ): State<E> {
    const { from, to } = bounds(pattern);
    const until = pattern.untilPredicate;
    const take = unless(until, scope.take(pattern));
    const ignore = barredIgnore(until, scope.ignoreWithin(pattern));
    if (pattern.quantifier.isGreedy && from !== to) {
      if (until !== undefined) this.#unrestricted.set(sink.name, this.#registry.copy(sink));
      restrict(sink, take);
    }
    this.#laterRounds.add(pattern);
    let state = sink;
    for (let count = from; count < to; count++) {
      state = this.#single(pattern, state, after, take, ignore, true, scope, following);
      this.#addFollowingBan(state, scope, following);
    }
    for (let count = 1; count < from; count++) {
      state = this.#single(pattern, state, after, take, ignore, false, scope, following);
      this.#addFollowingBan(state, scope, following);
    }
    this.#laterRounds.delete(pattern);
    const { isOptional } = pattern.quantifier;
    return this.#single(pattern, state, after, take, scope.ignoreBefore(pattern), isOptional, scope, following);
  }

  /** One occurrence. An optional one has a twin for runs that have ignored an event: the choice to leave is made once. */
  #single(
    pattern: Pattern<E>,
    sink: State<E>,
    after: State<E>,
    take: Predicate<E>,
    ignore: Predicate<E> | undefined,
    isOptional: boolean,
    scope: Scope<E>,
    following: Pattern<E> | undefined,
  ): State<E> {
    if (pattern.group !== undefined)
      return this.#group(pattern, pattern.group, sink, after, isOptional, scope, following);
    const state = this.#registry.taking(pattern, 'take');
    const target = this.#withoutEarlierBans(pattern, sink, scope);
    state.take(target, take);
    if (isOptional) this.#proceedPast(pattern, state, after, scope);
    if (ignore === undefined) return state;
    if (!isOptional && !scope.isHeadOfOptionalGroup(pattern)) {
      state.ignore(state, ignore);
      return state;
    }
    const twin = this.#registry.add(pattern.name, pattern.name, 'skip', 'normal');
    twin.take(target, take);
    twin.ignore(twin, ignore);
    this.#addBans(pattern, twin, scope);
    state.ignore(twin, ignore);
    return state;
  }

  /** The edges by which a run leaves a stage it need not take. With greedy and until: on an until event, to the unrestricted sink. */
  #proceedPast(pattern: Pattern<E>, state: State<E>, after: State<E>, scope: Scope<E>): void {
    const pass = scope.pass();
    const until = pattern.quantifier.isGreedy ? pattern.untilPredicate : undefined;
    if (until === undefined) {
      state.proceed(after, pass);
      return;
    }
    state.proceed(this.#unrestricted.get(after.name) ?? after, allOf(pass, until));
    state.proceed(after, allOf(pass, not(until)));
  }

  #group(
    pattern: Pattern<E>,
    group: Pattern<E>,
    sink: State<E>,
    after: State<E>,
    isOptional: boolean,
    scope: Scope<E>,
    following: Pattern<E> | undefined,
  ): State<E> {
    const head = this.#chain(group, sink, this.#scopeOf(pattern), following);
    if (isOptional) head.proceed(after, scope.pass());
    return head;
  }

  #loop(pattern: Pattern<E>, sink: State<E>, scope: Scope<E>, following: Pattern<E> | undefined): State<E> {
    if (pattern.group !== undefined) return this.#groupLoop(pattern, pattern.group, sink, scope, following);
    const until = pattern.untilPredicate;
    const take = unless(until, scope.take(pattern));
    const ignore = barredIgnore(until, scope.ignoreWithin(pattern));
    const loop = this.#registry.taking(pattern, 'loop');
    if (pattern.quantifier.isGreedy) {
      if (until !== undefined) this.#unrestricted.set(sink.name, this.#registry.copy(sink));
      this.#proceedPast(pattern, loop, sink, scope);
      restrict(sink, scope.take(pattern));
    } else {
      loop.proceed(sink, scope.pass());
    }
    loop.take(loop, take);
    this.#addFollowingBan(loop, scope, following);
    if (ignore === undefined) return loop;
    const twin = this.#registry.add(pattern.name, pattern.name, 'skip', 'normal');
    twin.take(loop, take);
    twin.ignore(twin, ignore);
    loop.ignore(twin, ignore);
    this.#addFollowingBan(twin, scope, following);
    return loop;
  }

  #groupLoop(
    pattern: Pattern<E>,
    group: Pattern<E>,
    sink: State<E>,
    scope: Scope<E>,
    following: Pattern<E> | undefined,
  ): State<E> {
    const end = this.#registry.taking(pattern, 'group-end');
    const head = this.#chain(group, end, this.#scopeOf(pattern), following);
    const pass = scope.pass();
    head.proceed(sink, pass);
    end.proceed(head, pass);
    return head;
  }

  #scopeOf(group: Pattern<E>): Scope<E> {
    return new Scope<E>(group, !this.#laterRounds.has(group));
  }

  /** The `notFollowedBy` stages right before this one, or with nothing but optional stages between. */
  #bansBefore(pattern: Pattern<E>, scope: Scope<E>): Ban<E>[] {
    const bans: Ban<E>[] = [];
    for (let stage = pattern.previous; stage !== undefined; stage = stage.previous) {
      const isBan = stage.quantifier.contiguity === 'not-follow';
      if (!isBan && !stage.quantifier.isOptional) break;
      if (isBan) bans.push({ stage: stage.name, predicate: scope.take(stage) });
    }
    return bans;
  }

  #addBans(pattern: Pattern<E>, state: State<E>, scope: Scope<E>): void {
    for (const ban of this.#bansBefore(pattern, scope))
      state.proceed(this.#stop(ban.stage, ban.predicate), ban.predicate);
  }

  #addFollowingBan(state: State<E>, scope: Scope<E>, following: Pattern<E> | undefined): void {
    if (following?.quantifier.contiguity !== 'not-follow') return;
    const banned = scope.take(following);
    state.proceed(this.#stop(following.name, banned), banned);
  }

  /** Where an optional stage goes on taking an event: the sink, less the bans from before the stage, which are over then. */
  #withoutEarlierBans(pattern: Pattern<E>, sink: State<E>, scope: Scope<E>): State<E> {
    const bans = this.#bansBefore(pattern, scope);
    if (bans.length === 0 || !pattern.quantifier.isOptional) return sink;
    const copy = this.#registry.add(sink.name, sink.stage, 'copy', sink.kind);
    for (const edge of sink.edges) {
      if (edge.action !== 'proceed') {
        copy.edges.push({ ...edge, target: edge.target === sink ? copy : edge.target });
      } else if (edge.target.kind !== 'stop') {
        copy.edges.push({ ...edge, target: this.#withoutEarlierBans(pattern, edge.target, scope) });
      } else if (!bans.some((ban) => ban.stage === edge.target.name)) {
        copy.edges.push({ ...edge });
      }
    }
    return copy;
  }

  #stop(stage: string, predicate: Predicate<E>): State<E> {
    const known = this.#stops.get(stage);
    if (known !== undefined) return known;
    const stop = this.#registry.add(stage, stage, 'stop', 'stop');
    stop.take(stop, predicate);
    this.#stops.set(stage, stop);
    return stop;
  }

  #narrowWindow(window: number | undefined): void {
    if (window !== undefined && (this.#window === undefined || window < this.#window)) this.#window = window;
  }
}

function bounds<E>(pattern: Pattern<E>): { from: number; to: number } {
  if (pattern.timesBounds === undefined) throw new Error(`stage "${pattern.name}" has a quantifier but no bounds`);
  return pattern.timesBounds;
}

function barredIgnore<E>(until: Predicate<E> | undefined, ignore: Predicate<E> | undefined): Predicate<E> | undefined {
  return ignore === undefined ? undefined : unless(until, ignore);
}

/** What greedy means: the following state does nothing with an event that the greedy stage could take. */
function restrict<E>(state: State<E>, greedyTake: Predicate<E>): void {
  for (const edge of state.edges) edge.predicate = allOf(edge.predicate, not(greedyTake));
}
