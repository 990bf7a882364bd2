/**
 * A Protobuf schema (the text of a .proto file and of those that it imports), ready to read and to write messages with: by the library
 * protobufjs, whose objects become plain ones.
 *
 * Invariants
 * - Names are as they are written. 64-bit integers are exact: a number up to 2^53-1, a bigint beyond.
 * - What a message does not have is its default, as proto3 means it; a message, or a member of a oneof, that it does not have
 *   is absent. Enums are text.
 */
import type { IParserResult, Root, Type } from 'protobufjs';
import { BadRecordError, UnwritableRecordError } from '../../api/index.js';
import { onDemand } from '../../loading/on-demand.js';
import { written } from '../unfit.js';
import { messageConverter } from './protobuf-values.js';

type Library = typeof import('protobufjs');
const protobufjs = onDemand<Library>('protobufjs');

/** What comes with every Protobuf compiler. */
const COMMON = 'google/protobuf/';

export class ProtobufSchema {
  readonly #messages = new Map<string, ProtobufMessage>();

  private constructor(
    private readonly root: Root,
    /** Names of the messages of the file itself, in its order. */
    private readonly top: readonly Type[],
  ) {}

  /**
   * @param read the text of what is imported, by the name by which it is
   * @throws Error what is wrong with it
   */
  static parse(text: string, read: (name: string) => string): ProtobufSchema {
    const { Root, Type, common, parse } = protobufjs();
    const root = new Root();
    const seen = new Set<string>();
    const add = (source: string): IParserResult => parse(source, root, { keepCase: true });
    const addImports = ({ imports, weakImports }: IParserResult): void => {
      for (const name of [...(imports ?? []), ...(weakImports ?? [])]) {
        if (seen.has(name)) continue;
        seen.add(name);
        const known = name.startsWith(COMMON) ? common.get(name) : null;
        if (known === null) addImports(add(read(name)));
        else root.addJSON((known as { readonly nested: Parameters<Root['addJSON']>[0] }).nested);
      }
    };
    const own = add(text);
    // Before what it imports joins its package.
    const top = typesIn(own.package ? (root.lookup(own.package.split('.')) as Root) : root, Type);
    addImports(own);
    root.resolveAll();
    return new ProtobufSchema(root, top);
  }

  /** @throws Error where there is none of that name */
  named(name: string): ProtobufMessage {
    return this.#message(this.root.lookupType(name));
  }

  /** @param name absent: the first of the file @returns its place in the file; @throws Error where it is not there */
  placeOf(name: string | undefined): readonly number[] {
    return name === undefined ? [0] : this.#placeOf(this.root.lookupType(name));
  }

  #placeOf(type: Type): readonly number[] {
    const { Type } = protobufjs();
    const { parent } = type;
    if (parent instanceof Type) return [...this.#placeOf(parent), typesIn(parent, Type).indexOf(type)];
    const index = this.top.indexOf(type);
    if (index < 0) throw new Error(`${type.fullName.slice(1)} is imported, and not of the schema itself`);
    return [index];
  }

  /** @param place of the message in the file, and of one within another: see confluent-wire.ts @throws BadRecordError */
  at(place: readonly number[]): ProtobufMessage {
    const { Type } = protobufjs();
    const [first, ...within] = place;
    let type = this.top[first ?? 0];
    for (const index of within) type = type && typesIn(type, Type)[index];
    if (type === undefined) throw new BadRecordError("the message's schema has no message at its place");
    return this.#message(type);
  }

  #message(type: Type): ProtobufMessage {
    let message = this.#messages.get(type.fullName);
    if (message === undefined) this.#messages.set(type.fullName, (message = new ProtobufMessage(type)));
    return message;
  }
}

function typesIn({ nestedArray }: { readonly nestedArray: readonly unknown[] }, Kind: Library['Type']): Type[] {
  return nestedArray.filter((each): each is Type => each instanceof Kind);
}

export class ProtobufMessage {
  readonly #convert: (record: unknown) => unknown;

  constructor(private readonly type: Type) {
    this.#convert = messageConverter(type);
  }

  /** @throws UnwritableRecordError */
  encode(record: unknown): Uint8Array {
    const message = written(() => this.#convert(record)) as Record<string, unknown>;
    try {
      return this.type.encode(message).finish();
    } catch {
      // Nothing else is left that the library refuses.
      throw new UnwritableRecordError('the record is nested too deep');
    }
  }

  /** @throws BadRecordError */
  decode(body: Buffer): unknown {
    try {
      const message = this.type.decode(body);
      return exact(this.type.toObject(message, { longs: BigInt as never, enums: String, defaults: true }));
    } catch {
      throw new BadRecordError('the message is not as its Protobuf schema says');
    }
  }
}

/** Without what is absent, and with numbers where a double can hold them. */
function exact(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(exact);
  for (const [name, each] of Object.entries(value)) {
    if (each === null) delete (value as Record<string, unknown>)[name];
    else if (typeof each === 'bigint' || typeof each === 'object')
      Object.defineProperty(value, name, { value: exact(each), writable: true, enumerable: true, configurable: true });
  }
  return value;
}
