/**
 * The names of a record's fields in their order, and code generated for exactly these: it writes a byte of marks for each
 * eight typed fields (a set mark: the value is not what its type says, and stands there as a plain value), then the
 * values in order.
 *
 * Invariants
 * - Generated code contains field names only as JSON literals.
 */
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { ReadDictionary, WriteDictionary } from './dictionary.js';
import { PLAIN_CALLS, type NestedForm, type ValueForm } from './value-form.js';

export type FieldValues = Readonly<Record<string, unknown>>;

interface GeneratedCode {
  readonly write: (value: FieldValues, out: ByteWriter, dictionary: WriteDictionary) => void;
  readonly read: (bytes: ByteReader, dictionary: ReadDictionary) => Record<string, unknown>;
}

const MARKS_PER_BYTE = 8;

export class RecordShape {
  readonly write: GeneratedCode['write'];
  readonly read: GeneratedCode['read'];

  constructor(
    readonly names: readonly string[],
    forms: readonly ValueForm[],
  ) {
    ({ write: this.write, read: this.read } = generate(names, forms));
  }

  /** Whether a plain object has exactly these members in this order. */
  matches(value: FieldValues): boolean {
    const { names } = this;
    let i = 0;
    for (const name in value) if (name !== names[i++]) return false;
    return i === names.length;
  }
}

function generate(names: readonly string[], forms: readonly ValueForm[]): GeneratedCode {
  let marked = 0;
  const fields = forms.map((form, i) => {
    const inCode = (code: string): string => code.replace(/\bx\b/g, `x${i}`).replace(/\bnested\b/g, `nested[${i}]`);
    const mark = form.fits === undefined ? undefined : marked++;
    const marks = mark === undefined ? '' : `(m${Math.floor(mark / MARKS_PER_BYTE)} & ${1 << (mark % MARKS_PER_BYTE)})`;
    const literal = JSON.stringify(names[i]);
    return {
      get: `const x${i} = value[${literal}];`,
      test: form.fits && `if (!(${inCode(form.fits)})) ${marks.slice(1, -1).replace('&', '|=')};`,
      put:
        marks === '' ? inCode(form.write) : `if (${marks} === 0) ${inCode(form.write)} else plain.write(x${i}, out);`,
      take: `const x${i} = ${marks === '' ? inCode(form.read) : `${marks} === 0 ? ${inCode(form.read)} : plain.read(bytes)`};`,
      // A computed name makes an own member even of __proto__.
      member: `[${literal}]: x${i}`,
    };
  });
  const markBytes = Array.from({ length: Math.ceil(marked / MARKS_PER_BYTE) }, (_, i) => `m${i}`);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- names are JSON literals, see the header
  const make = new Function(
    'plain',
    'nested',
    `return {
  write(value, out, dictionary) {
    ${markBytes.map((m) => `let ${m} = 0;`).join(' ')}
    ${fields.map(({ get }) => get).join('\n    ')}
    ${fields.map(({ test }) => test ?? '').join('\n    ')}
    ${markBytes.map((m) => `out.uint8(${m});`).join(' ')}
    ${fields.map(({ put }) => put).join('\n    ')}
  },
  read(bytes, dictionary) {
    ${markBytes.map((m) => `const ${m} = bytes.uint8();`).join(' ')}
    ${fields.map(({ take }) => take).join('\n    ')}
    return { ${fields.map(({ member }) => member).join(', ')} };
  },
};`,
  ) as (plain: typeof PLAIN_CALLS, nested: readonly (NestedForm | undefined)[]) => GeneratedCode;
  return make(
    PLAIN_CALLS,
    forms.map(({ nested }) => nested),
  );
}
