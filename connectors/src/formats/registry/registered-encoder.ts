/** Writes messages that name their schema in a schema registry, where it is looked up before the first of them. */
import type { Encoder } from '../../api/index.js';
import { framed } from './confluent-wire.js';
import type { IdentifiedSchema, RegisteredSubject } from './registered-subject.js';

export class RegisteredEncoder<Schema> implements Encoder {
  readonly takesBytes = true;
  #found: IdentifiedSchema<Schema> | undefined;

  /** @param write what stands behind the schema's id; throws UnwritableRecordError */
  constructor(
    private readonly subject: RegisteredSubject<Schema>,
    readonly keepsUnwritable: boolean,
    private readonly write: (schema: Schema, value: unknown) => Uint8Array,
  ) {}

  async open(): Promise<void> {
    this.#found ??= await this.subject.find();
  }

  encode(value: unknown): Uint8Array {
    if (this.#found === undefined) throw new Error('an encoder is opened before it writes');
    const { id, schema } = this.#found;
    return framed(id, this.write(schema, value));
  }
}
