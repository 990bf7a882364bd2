/** The bytes of a request's body as they arrive. */
import type { IncomingMessage } from 'node:http';
import type { Refusal } from './request-check.js';

export class RequestBody {
  readonly #chunks: Buffer[] = [];
  length = 0;

  /**
   * Reads to the end, or until `check` (called after each chunk) refuses. Resolves with the refusal, if any; with
   * status 400 when the sender gave up, who does not see it.
   */
  read(request: IncomingMessage, check: () => Refusal | undefined): Promise<Refusal | undefined> {
    return new Promise((resolve) => {
      const settle = (refusal: Refusal | undefined): void => {
        request.off('data', take);
        resolve(refusal);
      };
      const take = (chunk: Buffer): void => {
        this.#chunks.push(chunk);
        this.length += chunk.length;
        const refusal = check();
        if (refusal !== undefined) settle(refusal);
      };
      request.on('data', take);
      request.once('end', () => settle(undefined));
      request.once('close', () => settle({ status: 400, reason: 'the body ends too early' }));
    });
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
