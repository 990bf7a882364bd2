/** The first byte of a plain value's form, as `plain/1` and `record/1` have it: part of the savepoint format. */
export const PLAIN_TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  integer: 4,
  double: 5,
  int64: 6,
  bigint: 7,
  string: 8,
  bytes: 9,
  array: 10,
  /** Names, then values. */
  object: 11,
  /** The index of names that came before, then values. */
  objectAgain: 12,
  bareObject: 13,
  bareObjectAgain: 14,
} as const;

/** Deeper values are refused, so that neither side runs out of stack. */
export const PLAIN_DEPTH_MAX = 1000;
