/** The bytes of a request's body, of which no more than a limit is ever held. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.js';

/**
 * By events and not as an iterator, which would cost as much as the rest of a small request.
 * @throws ApiError `too-large`: the rest is not read; Error when the body breaks off
 */
export function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const refuse = (): void => reject(new ApiError('too-large', `a body has at most ${maxBytes} bytes`));
    const breakOff = (): void => reject(new Error('the body broke off'));
    if (request.destroyed) return breakOff();
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return refuse();
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= maxBytes) return void chunks.push(chunk);
      request.off('data', onData).pause();
      refuse();
    };
    request.on('data', onData);
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)));
    request.once('error', reject);
    request.once('close', () => {
      if (!request.readableEnded) breakOff();
    });
  });
}
