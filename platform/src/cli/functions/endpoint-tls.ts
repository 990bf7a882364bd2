/**
 * The certificates of an endpoint: whom this side believes, and what it shows of itself.
 *
 * Invariants
 * - They are what the files hold now: certificates that were renewed are found with the next connection. While what is in the files
 *   does not fit together, as one of them is just being written, what was there before is used.
 */
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { EndpointTls } from '../../job/function-endpoint.js';

export class EndpointCertificates {
  readonly #paths: readonly string[];
  #stamp: string;
  #context: SecureContext;

  /** @throws Error that says which file cannot be read, or what does not fit */
  constructor(private readonly files: EndpointTls) {
    const { ca, cert, key, keyPassword } = files;
    this.#paths = [ca, cert, key, keyPassword].filter((path) => path !== undefined);
    this.#stamp = this.#stampNow();
    this.#context = contextOf(files);
  }

  get context(): SecureContext {
    const stamp = this.#stampNow();
    if (stamp === this.#stamp) return this.#context;
    this.#stamp = stamp;
    try {
      this.#context = contextOf(this.files);
    } catch {
      // What was there before is good until it expires, and the other side then says so.
    }
    return this.#context;
  }

  #stampNow(): string {
    return this.#paths
      .map((path) => {
        const { mtimeMs, size, ino } = statSync(path, { throwIfNoEntry: false }) ?? {};
        return `${mtimeMs} ${size} ${ino}`;
      })
      .join();
  }
}

function contextOf({ ca, cert, key, keyPassword }: EndpointTls): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    ...(cert === undefined ? {} : { cert: readFileSync(cert) }),
    ...(key === undefined ? {} : { key: readFileSync(key) }),
    ...(keyPassword === undefined ? {} : { passphrase: readFileSync(keyPassword, 'utf8').replace(/\r?\n$/, '') }),
  });
}
