/**
 * Writes and reads the records of one shape as columns, by code generated for its names and their types: one pass over
 * the records, each made by one literal.
 *
 * Invariants
 * - Generated code contains field names only as JSON literals.
 */
import type { ByteReader } from '../codec/byte-reader.js';
import type { ByteWriter } from '../codec/byte-writer.js';
import { CodeCache } from '../codec/code-cache.js';
import type { ReadDictionary, WriteDictionary } from '../codec/dictionary.js';
import { memberCode, type FieldValues, type Shape } from '../codec/shape.js';
import type { NestedForm } from '../codec/value-form.js';
import type { CellReader, CellWriter } from './cells.js';
import { CALLS, type ColumnForm } from './column-form.js';
import type { OddValues } from './odd-values.js';
import { Repetition } from './repetition.js';
import type { TextReader } from './text-reader.js';
import type { TextWriter } from './text-writer.js';

/** Where a frame is written to. */
export interface FrameSink {
  readonly cells: CellWriter;
  readonly texts: TextWriter;
  readonly odd: OddValues;
  /** Rows: what has no cells. */
  readonly out: ByteWriter;
  /** Of the rows. */
  readonly dictionary: WriteDictionary;
}

/** What a frame is read from. */
export interface FrameContent {
  readonly cells: CellReader;
  readonly texts: TextReader;
  readonly bytes: ByteReader;
  readonly dictionary: ReadDictionary;
}

interface GeneratedCode {
  readonly write: (records: readonly { readonly value: FieldValues }[], sink: FrameSink) => void;
  /** Without what is odd. */
  readonly read: (count: number, content: FrameContent) => Record<string, unknown>[];
}

export class ColumnShape implements Shape {
  readonly write: GeneratedCode['write'];
  readonly read: GeneratedCode['read'];

  constructor(
    readonly names: readonly string[],
    forms: readonly ColumnForm[],
  ) {
    ({ write: this.write, read: this.read } = generate(names, forms));
  }
}

const CODE = new CodeCache<
  (
    calls: typeof CALLS,
    nested: readonly (NestedForm | undefined)[],
    repetitions: readonly Repetition[],
  ) => GeneratedCode
>('calls', 'nested', 'repetitions');

function generate(names: readonly string[], forms: readonly ColumnForm[]): GeneratedCode {
  const own = (code: string, field: number): string =>
    code
      .replace(/\b([xact])\b/g, `$1${field}`)
      .replace(/\bfield\b/g, String(field))
      .replace(/\bnested\b/g, `nested[${field}]`);
  const each = (code: (form: ColumnForm, field: number) => string, separator = '\n      '): string =>
    forms.map((form, field) => own(code(form, field), field)).join(separator);
  // Making room may replace the memory: the views are asked for behind it.
  const begin = `const { cells, texts } = frame;
    ${each(({ columns }) => columns.map((kind, i) => `const ${'ac'[i]} = cells.take${kind}(count);`).join(' '), '\n    ')}
    const { numbers, words, bytes: cellBytes } = cells;`;
  const text = `return {
  write(records, frame) {
    const count = records.length, { odd, out, dictionary } = frame;
    ${begin}
    const { slots } = texts;
    ${each((_, field) => `const t = repetitions[${field}];`, ' ')}
    for (let i = 0; i < count; i++) {
      const { value } = records[i];
      ${names.map((name, field) => `const x${field} = value[${JSON.stringify(name)}];`).join('\n      ')}
      ${each(({ put }) => put)}
    }
  },
  read(count, frame) {
    const { bytes, dictionary } = frame;
    ${begin}
    const { slots } = texts;
    const values = new Array(count);
    for (let i = 0; i < count; i++) {
      ${each(({ take }) => `const x = ${take};`)}
      values[i] = { ${names.map((name, field) => memberCode(name, `x${field}`)).join(', ')} };
    }
    return values;
  },
};`;
  return CODE.get(text)(
    CALLS,
    forms.map(({ nested }) => nested),
    names.map(() => new Repetition()),
  );
}
