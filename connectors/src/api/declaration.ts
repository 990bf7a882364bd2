/**
 * Declarations of configuration: one value says what a user may write, and everything else follows from it:
 * the JSON Schema, the TypeScript type of the parsed options, the defaults, the reference page and the linting.
 *
 * Invariants
 * - A declaration is plain data, so it can be walked by any generator; it may refer to itself (a group of steps), and
 *   the same object is then the same definition.
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
/** A map of any values, taken as it is: an event, a row. */
export interface RecordDeclaration extends DeclarationBase {
  readonly type: 'record';
}
/** The types of a record's fields; the parsed value is the platform's RecordType. */
export interface SchemaDeclaration extends DeclarationBase {
  readonly type: 'schema';
}
/** CEL text. Placeholders in it are left alone. */
export interface ExpressionDeclaration extends DeclarationBase {
  readonly type: 'expression';
  /** The type that its value must have; absent: any. */
  readonly gives?: 'string' | 'int' | 'duration' | 'bool';
}
/** Text with CEL expressions in `{{ }}`. */
export interface TemplateDeclaration extends DeclarationBase {
  readonly type: 'template';
  /** In a text without expressions placeholders are replaced. Otherwise they are left alone. */
  readonly takesPlaceholders?: true;
}
/** A count: `3`, `2..4` or `3..`; checked on the source text, as YAML reads `3.` as 3. */
export interface RangeDeclaration extends DeclarationBase {
  readonly type: 'range';
}
/** What a name can refer to. */
export type ReferenceTarget = 'ingress' | 'rule' | 'egress' | 'table' | 'function';
/** The name of something that the application defines. */
export interface ReferenceDeclaration extends DeclarationBase {
  readonly type: 'reference';
  readonly to: readonly ReferenceTarget[];
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
  /** The keys are names of these. */
  readonly keyReference?: readonly ReferenceTarget[];
}
export interface ObjectDeclaration extends DeclarationBase {
  readonly type: 'object';
  readonly fields: Fields;
  /** The field that may be written alone, as `file: x.jsonl` for `file: { path: x.jsonl }`. */
  readonly shorthand?: string;
  /** Exactly one of these keys must be written besides the fields: a step's relation, an ingress's connector. */
  readonly variants?: Fields;
  /** Further keys: names of something that the application defines, each with a value of this declaration. */
  readonly others?: { readonly reference: readonly ReferenceTarget[]; readonly of: Declaration };
  /** Keys that a later version brings, each with what to do now; they are not in the schema. */
  readonly later?: Readonly<Record<string, string>>;
}
/** One slot that takes values of several shapes; the shape alone decides which declaration holds. */
export interface ChoiceDeclaration extends DeclarationBase {
  readonly type: 'choice';
  readonly scalar?: Declaration;
  readonly list?: Declaration;
  readonly map?: Declaration;
}

export type Declaration =
  | StringDeclaration
  | IntegerDeclaration
  | NumberDeclaration
  | BooleanDeclaration
  | DurationDeclaration
  | SizeDeclaration
  | AnyDeclaration
  | RecordDeclaration
  | SchemaDeclaration
  | ExpressionDeclaration
  | TemplateDeclaration
  | RangeDeclaration
  | ReferenceDeclaration
  | ListDeclaration
  | MapDeclaration
  | ObjectDeclaration
  | ChoiceDeclaration;

/** Which values of its sibling fields a field needs, e.g. `{ strategy: ['fixed-delay'] }`; all of them must hold. */
export type AppliesWhen = Readonly<Record<string, readonly (string | boolean)[]>>;
/** A field of an object: its declaration and whether it must be written (a field with a default never must). */
export type Field = Declaration & {
  readonly required?: boolean;
  /** Otherwise the field is refused, and has no default. The siblings are declared before it. */
  readonly when?: AppliesWhen;
};
export type Fields = Readonly<Record<string, Field>>;

/** CEL text as written, with its place, so that an offset in it can be shown in the file. */
export interface ExpressionText {
  readonly text: string;
  /** Path of the scalar that holds it, as written: `['rules', 'card-testing', 'where']`. */
  readonly path: readonly (string | number)[];
  /** Where `text` begins within the scalar: 0, but for the expressions of a template. */
  readonly offset: number;
  /** A quoted scalar: an unknown identifier in it was perhaps meant as text (`'"probe"'`). */
  readonly quoted: boolean;
}

/** How often: `to` null is open-ended. */
export interface CountRange {
  readonly from: number;
  readonly to: number | null;
}

/**
 * `checked`: what a connector receives. `draft`: what could be read of a file with errors, where even a required
 * field may be absent.
 */
type Presence = 'checked' | 'draft';

/** The scalars' types by the declaration's `type`. */
interface ScalarTypes {
  readonly string: string;
  readonly reference: string;
  readonly integer: number;
  readonly number: number;
  readonly duration: number;
  readonly size: number;
  readonly boolean: boolean;
  readonly expression: ExpressionText;
  readonly template: readonly (string | ExpressionText)[];
  readonly range: CountRange;
  readonly record: Readonly<Record<string, unknown>>;
}

/** The type of a declaration's value after validation. */
export type ValueOf<D, P extends Presence = 'checked'> = D extends { type: 'string'; enum: readonly (infer E)[] }
  ? E
  : D extends { type: infer T extends keyof ScalarTypes }
    ? ScalarTypes[T]
    : D extends { type: 'list'; of: infer O }
      ? readonly ValueOf<O, P>[]
      : D extends { type: 'map'; of: infer O }
        ? Readonly<Record<string, ValueOf<O, P>>>
        : D extends { type: 'object' }
          ? ObjectValueOf<D, P>
          : D extends { type: 'choice' }
            ? { [S in 'scalar' | 'list' | 'map']: D extends { [K in S]: infer C } ? ValueOf<C, P> : never }[
                'scalar' | 'list' | 'map']
            : unknown;

type ObjectValueOf<D, P extends Presence> = (D extends { fields: infer F } ? ConfigOf<F, P> : unknown) &
  (D extends { variants: infer V } ? Present<{ readonly variant: VariantOf<V, P> }, P> : unknown) &
  (D extends { others: { of: infer O } } ? { readonly others: ReadonlyMap<string, ValueOf<O, P>> } : unknown);

type Present<T, P extends Presence> = P extends 'draft' ? Partial<T> : T;

/** The one variant that was written: its key and its value. */
export type VariantOf<V, P extends Presence = 'checked'> = {
  [K in keyof V & string]: { readonly kind: K } & Present<{ readonly value: ValueOf<V[K], P> }, P>;
}[keyof V & string];

type PresentKeys<F, P extends Presence> = {
  [K in keyof F]: F[K] extends { when: unknown }
    ? never
    : F[K] extends { default: unknown }
      ? K
      : F[K] extends { required: true }
        ? P extends 'checked'
          ? K
          : never
        : never;
}[keyof F];

/** The options as a connector receives them. Fields that are neither required nor defaulted may be absent. */
export type ConfigOf<F, P extends Presence = 'checked'> = string extends keyof F
  ? // Of fields that are not known here, only the names of the options can be said.
    Readonly<Record<string, unknown>>
  : { readonly [K in PresentKeys<F, P>]: ValueOf<F[K], P> } & {
      readonly [K in Exclude<keyof F, PresentKeys<F, P>>]?: ValueOf<F[K], P>;
    };

/** What is wrong with an option, or with options that do not go together. */
export interface OptionFault {
  readonly option: string;
  /** A sentence without its end, that names what it is about. */
  readonly reason: string;
}

/** Declares an object's fields and keeps their literal types, so that `ConfigOf` can infer from them. */
export function fields<const F extends Fields>(declared: F): F {
  return declared;
}

/** Declares any one value and keeps its literal type. */
export function declare<const D extends Declaration>(declared: D): D {
  return declared;
}

/** Of an option of a sink that is a template: its text, where no expression stands in it; otherwise each record brings one. */
export function constantText(template: unknown): string | undefined {
  return typeof template === 'string' ? template : undefined;
}
