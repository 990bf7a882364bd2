/** Whole numbers of so many bits. */

/** Whether a value is a whole number of these. */
export type InRange = (value: unknown) => value is number | bigint;

export function signed(bits: number): InRange {
  return within(-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n);
}

export function unsigned(bits: number): InRange {
  return within(0n, 2n ** BigInt(bits) - 1n);
}

function within(least: bigint, most: bigint): InRange {
  return (value): value is number | bigint =>
    // Numbers and bigints are compared by what they are worth, without rounding.
    typeof value === 'bigint' || Number.isInteger(value)
      ? (value as number | bigint) >= least && (value as number | bigint) <= most
      : false;
}
