/** Avro's logical types, as the library is told of them: by classes made of its own, which is loaded late. */
import type { Type, types } from 'avsc';
import { scaled, unscaled, type DecimalForm } from './avro-decimal.js';

type Library = typeof import('avsc');
type LogicalType = new (schema: object, options: object) => Type;

/** By their names in schemas. */
export type LogicalTypes = (library: Library) => Readonly<Record<string, LogicalType>>;

/** By the names of the library's types. */
export const TIMESTAMPS_PER_MS: Readonly<Record<string, bigint>> = {
  'logical:timestamp-millis': 1n,
  'logical:timestamp-micros': 1_000n,
  'logical:timestamp-nanos': 1_000_000n,
};

/** To read by: a decimal is a double, all else is what it lies in. */
export const readTypes: LogicalTypes = (library) => ({ decimal: decimalType(library) });

/** To write by: of times it must be known what they count. */
export const writtenTypes: LogicalTypes = (library) => {
  const timestamp = timestampType(library);
  const timestamps = Object.keys(TIMESTAMPS_PER_MS).map((name) => [name.replace('logical:', ''), timestamp] as const);
  return { ...readTypes(library), ...Object.fromEntries(timestamps) };
};

/** Of a type that is a decimal. */
export interface DecimalType {
  readonly form: DecimalForm;
}

function decimalType({ types }: Library): LogicalType {
  class Decimal extends types.LogicalType implements DecimalType {
    readonly form: DecimalForm;

    constructor(schema: object, options: object) {
      super(schema as never, options as never);
      const { scale, precision } = schema as { readonly scale?: unknown; readonly precision?: unknown };
      const { size } = this.underlyingType as Partial<types.FixedType>;
      this.form = { scale: Number(scale ?? 0), precision: Number(precision), size };
    }

    protected override _fromValue(bytes: Buffer): number {
      return unscaled(bytes, this.form.scale);
    }

    /** Of what fields are by default. */
    protected override _toValue(value: number): Buffer | undefined {
      return scaled(value, this.form);
    }

    protected override _resolve(type: Type): unknown {
      return type.typeName === 'logical:decimal' ? (value: number) => value : undefined;
    }
  }
  return Decimal as never;
}

function timestampType({ types }: Library): LogicalType {
  class Timestamp extends types.LogicalType {
    constructor(schema: object, options: object) {
      super(schema as never, options as never);
      // Avro 1.12: a logical type where it does not belong is no more than what it lies in. So has it the library, when told.
      if (this.underlyingType.typeName !== 'long') throw new Error('times are longs');
    }

    protected override _fromValue(count: number): number {
      return count;
    }

    protected override _toValue(count: number): number {
      return count;
    }

    protected override _resolve(): undefined {
      return undefined;
    }
  }
  return Timestamp as never;
}
