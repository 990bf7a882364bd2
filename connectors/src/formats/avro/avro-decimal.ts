/** Avro's logical type `decimal`, as the double that is next to it: an integer in two's complement, big-endian. */

/** @param scale digits behind the point */
export function unscaled(bytes: Buffer, scale: number): number {
  const integer = bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  // By its text: a division would round twice.
  return Number(`${integer}e-${scale}`);
}

/** `toFixed` writes larger ones as powers of ten. */
const TEXT_MAX = 1e21;

/** As a schema has it. */
export interface DecimalForm {
  /** Digits behind the point. */
  readonly scale: number;
  /** Digits in all. */
  readonly precision: number;
  /** In bytes; undefined: as few as it takes. */
  readonly size: number | undefined;
}

/** @returns undefined where it does not fit */
export function scaled(value: number | bigint, { scale, precision, size }: DecimalForm): Buffer | undefined {
  const integer = integerOf(value, scale);
  if (integer === undefined || integer.toString().replace('-', '').length > precision) return undefined;
  const bytes = size ?? bytesFor(integer);
  if (BigInt.asIntN(bytes * 8, integer) !== integer) return undefined;
  return Buffer.from(
    BigInt.asUintN(bytes * 8, integer)
      .toString(16)
      .padStart(bytes * 2, '0'),
    'hex',
  );
}

/** How many times ten to the power of `-scale` it is, rounded. */
function integerOf(value: number | bigint, scale: number): bigint | undefined {
  if (typeof value === 'bigint' || Number.isInteger(value)) return BigInt(value) * 10n ** BigInt(scale);
  if (!(Math.abs(value) < TEXT_MAX)) return undefined;
  return BigInt(value.toFixed(Math.min(100, scale)).replace('.', '')) * 10n ** BigInt(Math.max(0, scale - 100));
}

function bytesFor(integer: bigint): number {
  const bits = (integer < 0n ? -integer - 1n : integer).toString(2).length + 1;
  return Math.ceil(bits / 8);
}
