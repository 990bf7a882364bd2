/** The JavaScript for one field of a shape: see `record-shape.ts` for the form and the names that it uses. */
import { memberCode } from './shape.js';
import type { ValueForm } from './value-form.js';

export const MARKS_PER_BYTE = 8;

export class FieldCode {
  /** Whether the value is not what its type says; undefined without a mark. */
  readonly #isOdd: string | undefined;

  /**
   * @param index of the field in its shape
   * @param mark index of its mark; undefined for a form that takes any value
   */
  constructor(
    private readonly name: string,
    private readonly index: number,
    readonly form: ValueForm,
    private readonly mark: number | undefined,
  ) {
    if (mark !== undefined) this.#isOdd = `(${this.#markByte} & ${this.#markBit}) !== 0`;
  }

  get #markByte(): string {
    return `m${Math.floor(this.mark! / MARKS_PER_BYTE)}`;
  }

  get #markBit(): number {
    return 1 << (this.mark! % MARKS_PER_BYTE);
  }

  #own(code: string): string {
    return code.replace(/\bx\b/g, `x${this.index}`).replace(/\bnested\b/g, `nested[${this.index}]`);
  }

  get(): string {
    return `const x${this.index} = value[${JSON.stringify(this.name)}];`;
  }

  test(): string {
    const { fits } = this.form;
    return fits === undefined ? '' : `if (!(${this.#own(fits)})) ${this.#markByte} |= ${this.#markBit};`;
  }

  /** @param room what is to be open again behind a call */
  put(room: number): string {
    const { quick, write } = this.form;
    const call = (code: string): string =>
      `{ out.close(at); ${this.#own(code)} at = out.open(${room}); b = out.target; v = out.targetView; }`;
    let code = call(write);
    if (quick?.when !== undefined) code = `if (${this.#own(quick.when)}) { ${this.#own(quick.put)} } else ${code}`;
    else if (quick !== undefined) code = `{ ${this.#own(quick.put)} }`;
    return this.#isOdd === undefined ? code : `if (${this.#isOdd}) ${call('calls.writePlain(x, out);')} else ${code}`;
  }

  take(): string {
    const read = this.#own(this.form.read);
    return `const x${this.index} = ${this.#isOdd === undefined ? read : `${this.#isOdd} ? calls.readPlain(bytes) : ${read}`};`;
  }

  member(): string {
    return memberCode(this.name, `x${this.index}`);
  }
}
