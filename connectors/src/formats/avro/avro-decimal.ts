/** Avro's logical type `decimal`, as the double that is next to it. */
import type { Type } from 'avsc';

/** @param bytes two's complement, big-endian @param scale digits behind the point */
export function unscaled(bytes: Buffer, scale: number): number {
  const integer = bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  // By its text: a division would round twice.
  return Number(`${integer}e-${scale}`);
}

/** A class for the library, which then knows the type. It is made of the library's own, which is loaded late. */
export function decimalType({ types }: typeof import('avsc')): new (schema: object, options: object) => Type {
  class Decimal extends types.LogicalType {
    readonly scale: number;

    constructor(schema: object, options: object) {
      super(schema as never, options as never);
      this.scale = Number((schema as { readonly scale?: unknown }).scale ?? 0);
    }

    protected override _fromValue(bytes: Buffer): number {
      return unscaled(bytes, this.scale);
    }

    protected override _toValue(): never {
      throw new Error('decimals are not written');
    }

    protected override _resolve(type: Type): unknown {
      return type.typeName === 'logical:decimal' ? (value: number) => value : undefined;
    }
  }
  return Decimal as never;
}
