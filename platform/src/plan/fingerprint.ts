/** Fingerprints of meaning: short, stable text for equal parts of a plan, whatever their place and formatting. */
import { createHash } from 'node:crypto';

/** 64 bits of a hash over the parts, as 16 hexadecimal digits. Parts are JSON values; the order of their keys counts. */
export function fingerprintOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
