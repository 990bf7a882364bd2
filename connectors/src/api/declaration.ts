/**
 * Declarations of configuration: one value says what a user may write, and everything else follows from it:
 * the JSON Schema, the TypeScript type of the parsed options, the defaults, the reference page and the linting.
 *
 * Invariants
 * - A declaration is plain data (JSON), so it can be walked by any generator.
 * - `ConfigOf<D>` is the type of the options *after* validation: defaults filled in, durations in integer
 *   milliseconds, sizes in bytes, "one or many" as an array, placeholders such as `${NAME}` already replaced.
 */

export interface DeclarationBase {
  /** One or two sentences, shown by editors, by `tidegate list` and on the reference page. */
  readonly description: string;
  /** A value as the user would write it, for the reference page. */
  readonly example?: unknown;
}

export interface StringDeclaration extends DeclarationBase {
  readonly type: 'string';
  readonly default?: string;
  readonly enum?: readonly string[];
  /** An ECMAScript regular expression that the whole text must match. */
  readonly pattern?: string;
  /** Never printed, logged or served. */
  readonly secret?: boolean;
}
export interface IntegerDeclaration extends DeclarationBase {
  readonly type: 'integer';
  readonly default?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}
export interface NumberDeclaration extends DeclarationBase {
  readonly type: 'number';
  readonly default?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}
export interface BooleanDeclaration extends DeclarationBase {
  readonly type: 'boolean';
  readonly default?: boolean;
}
/** Text such as `250ms`, `5s`, `1h30m`; the parsed value is integer milliseconds. A bare number is refused. */
export interface DurationDeclaration extends DeclarationBase {
  readonly type: 'duration';
  readonly default?: string;
}
/** Text such as `64KiB`; the parsed value is bytes. */
export interface SizeDeclaration extends DeclarationBase {
  readonly type: 'size';
  readonly default?: string;
}
/** Any YAML value, taken as it is. */
export interface AnyDeclaration extends DeclarationBase {
  readonly type: 'any';
}
export interface ListDeclaration extends DeclarationBase {
  readonly type: 'list';
  readonly of: Declaration;
  /** The user may write a single element instead of a list of one. */
  readonly oneOrMany?: boolean;
}
export interface MapDeclaration extends DeclarationBase {
  readonly type: 'map';
  readonly of: Declaration;
  readonly keyPattern?: string;
}
export interface ObjectDeclaration extends DeclarationBase {
  readonly type: 'object';
  readonly fields: Fields;
  /** The field that may be written alone, as `file: x.jsonl` for `file: { path: x.jsonl }`. */
  readonly shorthand?: string;
}

export type Declaration =
  | StringDeclaration
  | IntegerDeclaration
  | NumberDeclaration
  | BooleanDeclaration
  | DurationDeclaration
  | SizeDeclaration
  | AnyDeclaration
  | ListDeclaration
  | MapDeclaration
  | ObjectDeclaration;

/** A field of an object: its declaration and whether it must be written (a field with a default never must). */
export type Field = Declaration & { readonly required?: boolean };
export type Fields = Readonly<Record<string, Field>>;

type ValueOf<D> = D extends { type: 'string'; enum: readonly (infer E)[] }
  ? E
  : D extends { type: 'string' }
    ? string
    : D extends { type: 'integer' | 'number' | 'duration' | 'size' }
      ? number
      : D extends { type: 'boolean' }
        ? boolean
        : D extends { type: 'list'; of: infer O }
          ? readonly ValueOf<O>[]
          : D extends { type: 'map'; of: infer O }
            ? Readonly<Record<string, ValueOf<O>>>
            : D extends { type: 'object'; fields: infer F }
              ? ConfigOf<F>
              : unknown;

type PresentKeys<F> = {
  [K in keyof F]: F[K] extends { required: true } ? K : F[K] extends { default: unknown } ? K : never;
}[keyof F];

/** The options as a connector receives them. Fields that are neither required nor defaulted may be absent. */
export type ConfigOf<F> = { readonly [K in PresentKeys<F>]: ValueOf<F[K]> } & {
  readonly [K in Exclude<keyof F, PresentKeys<F>>]?: ValueOf<F[K]>;
};

/** Declares an object's fields and keeps their literal types, so that `ConfigOf` can infer from them. */
export function fields<const F extends Fields>(declared: F): F {
  return declared;
}
