/** A record that could not be processed, with its position and the reason, on its way to a dead-letter egress. */
export class DeadLetter {
  constructor(
    /** `ingresses.payments`, `rules.card-testing`: who gave up on it. */
    readonly where: string,
    readonly split: string,
    readonly offset: number | string,
    readonly reason: string,
    /** The raw text, cut to a bounded length, or the decoded value. */
    readonly raw: unknown,
  ) {}
}

const RAW_LENGTH_MAX = 4096;

/** The raw payload as far as a dead letter keeps it: texts and bytes are cut, so that a 100 MB line stays small. */
export function rawForDeadLetter(payload: unknown): unknown {
  if (typeof payload === 'string') {
    return payload.length <= RAW_LENGTH_MAX
      ? payload
      : `${payload.slice(0, RAW_LENGTH_MAX)}... (${payload.length} characters)`;
  }
  if (payload instanceof Uint8Array) {
    return rawForDeadLetter(Buffer.from(payload.subarray(0, RAW_LENGTH_MAX)).toString('latin1'));
  }
  return payload;
}
