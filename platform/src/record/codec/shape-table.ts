/** The shapes that records of one schema have shown, by their names in order. */
import { CorruptBytesError, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { hasShape, type FieldValues, type Shape } from './shape.js';
import type { RecordSchema, ValueSchema } from './value-schema.js';

/** Each costs generated code, so what a stream can make us learn is bounded. */
const LEARNT_MAX = 64;
const NAMES_MAX = 256;
/** Readers meet what many writers have learnt; beyond this they begin anew. */
const READ_MAX = 1024;

interface Node<S> {
  shape: S | undefined;
  readonly next: Map<string, Node<S>>;
}

export class ShapeTable<S extends Shape, F> {
  /** All fields, in the schema's order. */
  readonly own: S;
  readonly #names: readonly string[];
  readonly #indices: ReadonlyMap<string, number>;
  #root: Node<S> = { shape: undefined, next: new Map() };
  #shapes = 0;
  /** Records of a stream mostly look like the one before. */
  #last: S;

  readonly #make: (names: readonly string[]) => S;

  /**
   * @param formOf the form of a field of the schema
   * @param other that of any other field
   * @param ShapeOf makes a shape of names and their forms
   */
  constructor(
    { fields }: RecordSchema,
    formOf: (type: ValueSchema) => F,
    other: F,
    ShapeOf: new (names: readonly string[], forms: readonly F[]) => S,
  ) {
    const forms = new Map(Object.entries(fields).map(([name, { type }]) => [name, formOf(type)]));
    const names = [...forms.keys()];
    this.#make = (names) =>
      new ShapeOf(
        names,
        names.map((name) => forms.get(name) ?? other),
      );
    this.#names = names;
    this.#indices = new Map(names.map((name, index) => [name, index]));
    this.own = this.#last = this.#make(names);
    this.#node(names).shape = this.own;
  }

  /** @returns undefined for what is no plain object, and where enough has been learnt */
  of(value: FieldValues): S | undefined {
    // The prototype itself is dear to ask for; a record with a field `constructor` goes the longer way.
    if (value['constructor'] === Object && hasShape(value, this.#last)) return this.#last;
    const shape = isPlainObject(value) ? this.#learn(Object.keys(value)) : undefined;
    if (shape !== undefined) this.#last = shape;
    return shape;
  }

  #learn(names: readonly string[]): S | undefined {
    let node: Node<S> | undefined = this.#root;
    for (let i = 0; i < names.length && node !== undefined; i++) node = node.next.get(names[i]!);
    if (node?.shape !== undefined) return node.shape;
    return this.#shapes < LEARNT_MAX && names.length <= NAMES_MAX ? this.shapeOf(names) : undefined;
  }

  shapeOf(names: readonly string[]): S {
    const node = this.#node(names);
    if (node.shape !== undefined) return node.shape;
    const shape = this.#make(names);
    if (++this.#shapes > READ_MAX) {
      this.#root = { shape: undefined, next: new Map() };
      this.#shapes = 0;
      this.#node(this.#names).shape = this.own;
    } else node.shape = shape;
    return shape;
  }

  #node(names: readonly string[]): Node<S> {
    let node = this.#root;
    for (const name of names) {
      let next = node.next.get(name);
      if (next === undefined) node.next.set(name, (next = { shape: undefined, next: new Map() }));
      node = next;
    }
    return node;
  }

  /** A field of the schema by its place (from 1), any other behind a 0. */
  writeNames(names: readonly string[], out: ByteWriter): void {
    out.varint(names.length);
    for (const name of names) {
      const index = this.#indices.get(name);
      out.varint(index === undefined ? 0 : index + 1);
      if (index === undefined) out.string(name);
    }
  }

  readNames(bytes: ByteReader): string[] {
    const count = bytes.count();
    if (count > NAMES_MAX) throw new CorruptBytesError(`a shape has ${count} names`);
    const names: string[] = [];
    for (let left = count; left > 0; left--) names.push(this.#readName(bytes));
    return names;
  }

  #readName(bytes: ByteReader): string {
    const place = bytes.varint();
    if (place === 0) return bytes.string();
    const name = this.#names[place - 1];
    if (name === undefined) throw new CorruptBytesError(`there is no field ${place}`);
    return name;
  }
}

export function isPlainObject(value: unknown): value is FieldValues {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
