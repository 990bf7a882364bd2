/**
 * What a process hears that is not let in: a refusal in the place of the other side's hello, which is one frame and the end;
 * or TLS, when it speaks without.
 *
 * Invariants
 * - A refusal says no more than why, in one line; who reads it believes nothing else of it.
 */
import { FrameWriter } from './frame-writer.js';
import { WireError } from './wire-error.js';

const MAGIC = 'tidegate refuses: ';
const REASON_CHARACTERS_MAX = 1000;

/** All that is written on such a connection. */
export function writeRefusal(reason: string): Buffer {
  const payload = Buffer.from(MAGIC + reason.slice(0, REASON_CHARACTERS_MAX));
  return Buffer.concat([new FrameWriter().header(payload, 0), payload]);
}

/** @throws WireError when the first payload of the other side is a refusal */
export function assertWelcome(payload: Buffer): void {
  if (payload.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return;
  const reason = payload.toString('utf8', MAGIC.length, MAGIC.length + REASON_CHARACTERS_MAX).replace(/\p{Cc}/gu, ' ');
  throw new WireError('refused', `the other side refuses this process: ${reason}`);
}

/** First bytes of what TLS says: as the length of a frame either would be beyond every cap. */
const TLS_RECORDS: readonly (number | undefined)[] = [0x15, 0x16];

/** @param chunk the first bytes of the other side @throws WireError */
export function assertNoTls(chunk: Buffer): void {
  if (!TLS_RECORDS.includes(chunk[0])) return;
  throw new WireError(
    'refused',
    'the other side speaks TLS, and this process does not (--tls-certificate, --tls-key, --tls-ca)',
  );
}

/** The other side ends the connection before it has said anything: it may not even understand what it hears. */
export function endedUnheard(): WireError {
  return new WireError(
    'unheard',
    'the other side ends the connection without a word: one of the two may speak TLS, and one not',
  );
}
