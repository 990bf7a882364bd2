/** Values that the strict profile must tell apart from numbers. int is a bigint there, double a number. */
export class Uint {
  constructor(readonly value: bigint) {}
}
/** Nanoseconds since 1970-01-01T00:00:00Z. */
export class StrictTimestamp {
  constructor(readonly nanos: bigint) {}
}
/** Nanoseconds. */
export class StrictDuration {
  constructor(readonly nanos: bigint) {}
}
