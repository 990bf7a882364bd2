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
import { CodeCache } from './code-cache.js';
import type { ReadDictionary, WriteDictionary } from './dictionary.js';
import { FieldCode, MARKS_PER_BYTE } from './field-code.js';
import type { FieldValues, Shape } from './shape.js';
import { CALLS, type NestedForm, type ValueForm } from './value-form.js';

interface GeneratedCode {
  readonly write: (value: FieldValues, out: ByteWriter, dictionary: WriteDictionary) => void;
  readonly read: (bytes: ByteReader, dictionary: ReadDictionary) => Record<string, unknown>;
}

export class RecordShape implements Shape {
  readonly write: GeneratedCode['write'];
  readonly read: GeneratedCode['read'];

  constructor(
    readonly names: readonly string[],
    forms: readonly ValueForm[],
  ) {
    ({ write: this.write, read: this.read } = generate(names, forms));
  }
}

const CODE = new CodeCache<(calls: typeof CALLS, nested: readonly (NestedForm | undefined)[]) => GeneratedCode>(
  'calls',
  'nested',
);

function generate(names: readonly string[], forms: readonly ValueForm[]): GeneratedCode {
  let marked = 0;
  const fields = forms.map((form, i) => {
    const mark = form.fits === undefined ? undefined : marked++;
    return new FieldCode(names[i]!, i, form, mark);
  });
  const markBytes = Array.from({ length: Math.ceil(marked / MARKS_PER_BYTE) }, (_, i) => `m${i}`);
  const room = markBytes.length + fields.reduce((sum, { form }) => sum + (form.quick?.bytes ?? 0), 0);
  const text = `return {
  write(value, out, dictionary) {
    ${markBytes.map((m) => `let ${m} = 0;`).join(' ')}
    ${fields.map((field) => field.get()).join('\n    ')}
    ${fields.map((field) => field.test()).join('\n    ')}
    let at = out.open(${room}), b = out.target, v = out.targetView, end = 0;
    ${markBytes.map((m) => `b[at++] = ${m};`).join(' ')}
    ${fields.map((field) => field.put(room)).join('\n    ')}
    out.close(at);
  },
  read(bytes, dictionary) {
    ${markBytes.map((m) => `const ${m} = bytes.uint8();`).join(' ')}
    ${fields.map((field) => field.take()).join('\n    ')}
    return { ${fields.map((field) => field.member()).join(', ')} };
  },
};`;
  return CODE.get(text)(
    CALLS,
    forms.map(({ nested }) => nested),
  );
}
