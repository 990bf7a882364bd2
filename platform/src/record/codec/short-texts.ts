/**
 * Short texts that were read lately: events say the same few countries, states and names over and over, and a text that
 * is already there costs neither a call of the runtime nor memory. A direct-mapped cache; what it gives is exact.
 */
const BYTES_MAX = 24;
const SLOTS = 1024;

export class ShortTexts {
  readonly #texts = new Array<string>(SLOTS).fill('');

  /** The text of ASCII bytes; undefined if they are too many, or not all ASCII. */
  find(bytes: Buffer, at: number, length: number): string | undefined {
    if (length > BYTES_MAX) return undefined;
    const end = at + length;
    let hash = length;
    for (let i = at; i < end; i++) {
      const byte = bytes[i]!;
      if (byte > 127) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
    const known = this.#texts[slot]!;
    return isText(known, bytes, at, length) ? known : (this.#texts[slot] = bytes.toString('latin1', at, end));
  }
}

function isText(text: string, bytes: Buffer, at: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[at + i]) return false;
  return true;
}
