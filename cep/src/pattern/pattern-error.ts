/**
 * The errors of this package: what a pattern may not be, and what a skip strategy may not do.
 *
 * Codes are stable. Each names the exception with which Apache Flink refuses the same thing, so that conformance can be
 * checked by class; the messages are our own.
 */
export type JavaException =
  'MalformedPatternException' | 'UnsupportedOperationException' | 'IllegalArgumentException' | 'FlinkRuntimeException';

const CATALOGUE = {
  'duplicate-name': 'MalformedPatternException',
  'unknown-skip-stage': 'MalformedPatternException',
  'until-twice': 'MalformedPatternException',
  'until-without-loop': 'MalformedPatternException',
  'optional-twice': 'MalformedPatternException',
  'optional-not-stage': 'MalformedPatternException',
  'optional-after-greedy': 'MalformedPatternException',
  'quantifier-on-not-stage': 'MalformedPatternException',
  'quantifier-twice': 'MalformedPatternException',
  'greedy-on-single': 'MalformedPatternException',
  'greedy-on-group': 'MalformedPatternException',
  'greedy-with-combinations': 'MalformedPatternException',
  'inner-contiguity-on-single': 'MalformedPatternException',
  'inner-contiguity-twice': 'MalformedPatternException',
  'inner-contiguity-conflict': 'MalformedPatternException',
  'gap-longer-than-window': 'MalformedPatternException',
  'not-followed-by-without-window': 'MalformedPatternException',
  'condition-on-group': 'UnsupportedOperationException',
  'not-after-optional': 'UnsupportedOperationException',
  'times-not-positive': 'IllegalArgumentException',
  'times-range-reversed': 'IllegalArgumentException',
  /** Apache Flink builds such a pattern and then never returns from its first event. */
  'endless-group-loop': 'MalformedPatternException',
  'skip-stage-missed': 'FlinkRuntimeException',
  'skip-to-first-event': 'FlinkRuntimeException',
} as const satisfies Record<string, JavaException>;

export type PatternErrorCode = keyof typeof CATALOGUE;

/** Thrown by the builder, by `compile`, and (the two codes `skip-*`) while matching. Retrying does not help. */
export class PatternError extends Error {
  readonly code: PatternErrorCode;

  constructor(code: PatternErrorCode, message: string) {
    super(message);
    this.name = 'PatternError';
    this.code = code;
  }

  /** Simple name of the exception that Apache Flink throws in this place. */
  get javaException(): JavaException {
    return CATALOGUE[this.code];
  }
}
