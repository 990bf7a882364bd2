/** Which runs a match discards; see the table in `docs/semantics.md`. Held by the first stage of a pattern. */
export type SkipStrategy =
  | { readonly kind: 'noSkip' | 'skipToNext' | 'skipPastLastEvent' }
  | { readonly kind: 'skipToFirst' | 'skipToLast'; readonly stage: string; readonly throwOnMiss: boolean };

interface SkipToStage {
  readonly kind: 'skipToFirst' | 'skipToLast';
  readonly stage: string;
  readonly throwOnMiss: boolean;
  /** Fails when the match has no event of the stage, or when skipping there would not move forward. */
  throwExceptionOnMiss(): SkipStrategy;
}

export const NO_SKIP: SkipStrategy = { kind: 'noSkip' };

export function noSkip(): SkipStrategy {
  return NO_SKIP;
}

export function skipToNext(): SkipStrategy {
  return { kind: 'skipToNext' };
}

export function skipPastLastEvent(): SkipStrategy {
  return { kind: 'skipPastLastEvent' };
}

export function skipToFirst(stage: string): SkipToStage {
  return toStage('skipToFirst', stage);
}

export function skipToLast(stage: string): SkipToStage {
  return toStage('skipToLast', stage);
}

function toStage(kind: 'skipToFirst' | 'skipToLast', stage: string): SkipToStage {
  return { kind, stage, throwOnMiss: false, throwExceptionOnMiss: () => ({ kind, stage, throwOnMiss: true }) };
}
