/**
 * The names of a record's fields in their order, and code generated for exactly these: it writes a byte of marks for each
 * eight typed fields (a set mark: the value is not what its type says, and stands there as a plain value), then the
 * values in order.
 *
 * Invariants
 * - Generated code contains field names only as JSON literals.
 * - The same text is made into code once in a thread: codecs come and go with attempts, and what the engine has learnt of
 *   their code stays.
 */
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import type { ReadDictionary, WriteDictionary } from './dictionary.js';
import { FieldCode, MARKS_PER_BYTE } from './field-code.js';
import { CALLS, type NestedForm, type ValueForm } from './value-form.js';

export type FieldValues = Readonly<Record<string, unknown>>;

interface GeneratedCode {
  readonly write: (value: FieldValues, out: ByteWriter, dictionary: WriteDictionary) => void;
  readonly read: (bytes: ByteReader, dictionary: ReadDictionary) => Record<string, unknown>;
}

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

type MakeCode = (calls: typeof CALLS, nested: readonly (NestedForm | undefined)[]) => GeneratedCode;

/** By its text. */
const MADE = new Map<string, MakeCode>();
/** Shapes are learnt from what comes: beyond this the code is let go. */
const MADE_MAX = 1024;

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
  return codeOf(text)(
    CALLS,
    forms.map(({ nested }) => nested),
  );
}

function codeOf(text: string): MakeCode {
  let make = MADE.get(text);
  if (make === undefined) {
    if (MADE.size >= MADE_MAX) MADE.clear();
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- names are JSON literals, see the header
    make = new Function('calls', 'nested', text) as MakeCode;
    MADE.set(text, make);
  }
  return make;
}
