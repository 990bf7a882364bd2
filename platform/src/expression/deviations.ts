/**
 * Where expressions mean something else than CEL, in one table. The reference is generated from it; the profile `strict`
 * has none of these, and the specification's tests run in it. A second run shows which tests each deviation changes.
 */
export interface Deviation {
  readonly id: string;
  readonly cel: string;
  readonly here: string;
  readonly why: string;
}

export const deviations = [
  {
    id: 'one-number',
    cel: 'int, uint and double are three types; an operator takes two operands of one of them, and uint has its own range.',
    here: 'Numbers mix freely: an int and a double give a double, a uint is an int. Integers stay exact up to 64 bits. `+`, `-` and `*` of numbers without a schema are those of doubles, unless one is an integer beyond 2^53.',
    why: 'JSON has one kind of number: `amount * 2 > 500` must not depend on whether the amount was written 250 or 250.0.',
  },
  {
    id: 'field-division',
    cel: '`/` of two ints cuts the quotient to an int.',
    here: '`/` with anything but literals in it divides doubles, also by zero; `math.div(a, b)` divides ints.',
    why: 'A share such as `failed / total > 0.5` is never meant as 0 or 1, and whether a field of JSON is an int is chance.',
  },
  {
    id: 'absent',
    cel: 'A field or key that is not there is an error.',
    here: 'It is absent: passed on by operators and absorbed by `&&` and `||` as an error is, left out of `select`, false as a condition, skipped by `coalesce` and `sum(stage, ...)`. Not counted as an error.',
    why: 'Events without a schema lack fields all the time, and a rule about a field says nothing of events without it.',
  },
  {
    id: 'has',
    cel: '`has()` takes a selection, `has(a.b)`, and is an error if `a` is not there.',
    here: 'It takes a plain field and an index, too: `has(country)`, `has(tables.home[card])`; it is false if anything on the way is absent.',
    why: 'The fields of the event are in scope by name.',
  },
  {
    id: 'milliseconds',
    cel: 'Timestamps and durations count nanoseconds; a duration ends at some 292 years.',
    here: 'They count milliseconds; what is finer is cut off. Only the checker knows them from numbers, so a timestamp that is made `dyn` is one.',
    why: 'Event time is in integer milliseconds everywhere in the platform.',
  },
  {
    id: 'days',
    cel: 'The units of `duration("...")` are h, m, s, ms, us and ns.',
    here: 'Also d, of 24 hours: `duration("7d")`.',
    why: 'The application file writes durations so.',
  },
  {
    id: 'early-literals',
    cel: 'A regular expression, duration, timestamp or network of the wrong form is an error at run time.',
    here: 'As a literal it is refused by `validate`.',
    why: 'It could never work.',
  },
  {
    id: 'null-comparison',
    cel: '`==` needs one type on both sides, so null compares with messages alone.',
    here: 'Anything may be compared with null.',
    why: 'Null may stand in any field of JSON.',
  },
  {
    id: 'map-keys',
    cel: 'A map literal has no double as a key.',
    here: 'A number is a key, whichever its type.',
    why: 'Numbers are one type.',
  },
] as const satisfies readonly Deviation[];

export type DeviationId = (typeof deviations)[number]['id'];
