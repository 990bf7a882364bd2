/** The shapes that records of one schema have shown, by their names in order. */
import { CorruptBytesError, type ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { RecordShape } from './record-shape.js';
import { plainForm, type TextPlace, type ValueForm } from './value-form.js';

/** Each costs generated code, so what a stream can make us learn is bounded. */
const LEARNT_MAX = 64;
const NAMES_MAX = 256;
/** Readers meet what many writers have learnt; beyond this they begin anew. */
const READ_MAX = 1024;

interface Node {
  shape: RecordShape | undefined;
  readonly next: Map<string, Node>;
}

export class ShapeTable {
  /** All fields, in the schema's order. */
  readonly own: RecordShape;
  readonly #names: readonly string[];
  readonly #indices: ReadonlyMap<string, number>;
  #root: Node = { shape: undefined, next: new Map() };
  #shapes = 0;

  /** @param forms of the schema's fields, in its order */
  constructor(
    private readonly forms: ReadonlyMap<string, ValueForm>,
    private readonly texts: TextPlace,
  ) {
    this.#names = [...forms.keys()];
    this.#indices = new Map(this.#names.map((name, index) => [name, index]));
    this.own = this.#make(this.#names);
    this.#node(this.#names).shape = this.own;
  }

  /** @returns undefined where enough has been learnt */
  learn(names: readonly string[]): RecordShape | undefined {
    let node: Node | undefined = this.#root;
    for (let i = 0; i < names.length && node !== undefined; i++) node = node.next.get(names[i]!);
    if (node?.shape !== undefined) return node.shape;
    return this.#shapes < LEARNT_MAX && names.length <= NAMES_MAX ? this.shapeOf(names) : undefined;
  }

  shapeOf(names: readonly string[]): RecordShape {
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

  #node(names: readonly string[]): Node {
    let node = this.#root;
    for (const name of names) {
      let next = node.next.get(name);
      if (next === undefined) node.next.set(name, (next = { shape: undefined, next: new Map() }));
      node = next;
    }
    return node;
  }

  #make(names: readonly string[]): RecordShape {
    return new RecordShape(
      names,
      names.map((name) => this.forms.get(name) ?? plainForm(this.texts)),
    );
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
