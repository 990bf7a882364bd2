/** The name that who asks gives a request (`Idempotency-Key`, a draft of the IETF), so that it counts once, however often it is asked. */
const LENGTH_MAX = 256;

/** @param header a text in quotes, as the draft has it, or without them @returns undefined where there is none */
export function requestKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  return /^"(.*)"$/.exec(String(header))?.[1] ?? String(header);
}

/** @returns what is wrong with a key; undefined where nothing is */
export function requestKeyFault({ length }: string): string | undefined {
  return length >= 1 && length <= LENGTH_MAX ? undefined : `an idempotency key has 1 to ${LENGTH_MAX} characters`;
}

/** As an answer says it, and as it may be sent back: in quotes where it would be another one without them. */
export function requestKeyHeader(key: string): string {
  return requestKey(key) === key && key.trim() === key ? key : `"${key}"`;
}
