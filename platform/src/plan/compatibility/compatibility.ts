/**
 * What a state that was saved under one plan is worth to another: as data for the runtime, and in words for people.
 * Plain values, made before anything starts.
 *
 * Invariants
 * - Nothing is kept that could give an alert which neither plan would give: an event stays in a partial match only if
 *   the step that took it means the same in both plans.
 * - State that is not named in `restore` is not restored. What is lost is always among the `changes`.
 */
export interface Compatibility {
  /** Why the state cannot be restored at all, in one sentence; nothing else is told then. */
  readonly refusal?: string;
  /** In the order of the plan after; what is gone comes last. Empty: everything is kept, and nothing is new. */
  readonly changes: readonly StateChange[];
  readonly restore: RestorePlan;
}

export interface StateChange {
  /** `rules.card-testing`, as in the plan after; of what is gone, as in the plan before. */
  readonly subject: string;
  /**
   * - `kept`: all of it, under another name or with another meaning from now on;
   * - `partly`, `lost`: the subject is there, and some or all of its state is not restored;
   * - `new`: it begins without state;
   * - `gone`: state without a subject, which is restored only if the user allows it to be left out.
   */
  readonly effect: 'kept' | 'partly' | 'lost' | 'new' | 'gone';
  /** One line about the subject, without its name and the final full stop. */
  readonly message: string;
  /** What is there cannot be read any more: as with `gone`, the user must allow it to be left out. */
  readonly unreadable?: true;
  /** What to do if that is not what was meant. */
  readonly help?: string;
}

/** What belongs where. Names are those of the saved state on the left, those of the plan after on the right. */
export interface RestorePlan {
  /** Ids of nodes (`ingresses.x`, `patterns.x.1f3a09bc`, `rules.x`, `egresses.x`) whose state is restored. */
  readonly nodes: ReadonlyMap<string, string>;
  /** Partial matches, by the rule's name in the plan after; of rules that are not here none is restored. */
  readonly matches: ReadonlyMap<string, MatchRestore>;
  /** Rules of the plan after that go on suppressing what they suppressed. */
  readonly suppressions: ReadonlySet<string>;
  /** Ingresses of the plan after whose watermark goes on from where it was. */
  readonly clocks: ReadonlySet<string>;
}

export interface MatchRestore {
  /** The rule's name in the saved state. */
  readonly rule: string;
  /** Stages, those of groups included, whose events stay. A match that took an event of another stage is discarded. */
  readonly stages: ReadonlyMap<string, string>;
  /**
   * Where a match that is kept may wait besides at `stages`: at the beginning of the first step that changed. Absent:
   * no step changed, or the pattern now ends before it.
   */
  readonly next?: { readonly before: string; readonly after: string };
}
