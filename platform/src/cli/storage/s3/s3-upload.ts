/**
 * A file on its way into a bucket: at once where it is small, and otherwise in parts, of which some are sent at the same time.
 *
 * Invariants
 * - The object is there with its whole content, or not at all; what was begun and failed is taken back.
 * - At most `PARTS_AT_ONCE + 1` parts are in memory.
 */
import type { ObjectPart, S3Objects } from './s3-objects.js';

/** S3 wants 5 MiB at least, and takes 10,000 parts: 80 GiB. */
export const PART_BYTES = 8 << 20;
const PARTS_AT_ONCE = 3;

/** @returns its length. Rejects as the client does */
export async function upload(
  objects: S3Objects,
  name: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<number> {
  const parts = inParts(chunks);
  const first = await parts.next();
  if (first.done === true || first.value.length < PART_BYTES) {
    const bytes = first.done === true ? new Uint8Array() : first.value;
    await objects.create(name, bytes);
    return bytes.length;
  }
  const id = await objects.beginUpload(name);
  try {
    const { sent, bytes } = await sendParts(objects, name, id, first.value, parts);
    await objects.completeUpload(name, id, sent, bytes);
    return bytes;
  } catch (error) {
    // Why it failed is what counts; what cannot be taken back now is the bucket's to clear away.
    await objects.abortUpload(name, id).catch(() => undefined);
    throw error;
  } finally {
    await parts.return();
  }
}

async function sendParts(
  objects: S3Objects,
  name: string,
  id: string,
  first: Uint8Array,
  others: AsyncGenerator<Uint8Array, void>,
): Promise<{ readonly sent: readonly ObjectPart[]; readonly bytes: number }> {
  const sent: ObjectPart[] = [];
  const onTheirWay = new Set<Promise<void>>();
  let bytes = 0;
  let number = 0;
  for (let part: Uint8Array | undefined = first; part !== undefined; part = (await others.next()).value ?? undefined) {
    if (onTheirWay.size === PARTS_AT_ONCE) await Promise.race(onTheirWay);
    bytes += part.length;
    const sending: Promise<void> = objects.uploadPart(name, id, ++number, part).then((done) => {
      sent.push(done);
      onTheirWay.delete(sending);
    });
    onTheirWay.add(sending);
    // Heard of by whoever waits for it; of several that fail the first is enough.
    sending.catch(() => undefined);
  }
  await Promise.all(onTheirWay);
  return { sent: sent.sort((a, b) => a.PartNumber - b.PartNumber), bytes };
}

/** Each of `PART_BYTES` but for the last. */
async function* inParts(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0;) {
      const fits = rest.subarray(0, PART_BYTES - bytes);
      held.push(fits);
      bytes += fits.length;
      rest = rest.subarray(fits.length);
      if (bytes < PART_BYTES) continue;
      yield Buffer.concat(held);
      held = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(held);
}
