/**
 * The storage as the checkpoint store asks it: as often as it takes to have an answer.
 *
 * Invariants
 * - `io` is never the answer: after it the outcome is unknown, so the request is made again, later and later.
 * - `create` answers `created` only for the very bytes that it was given, also when an earlier try, whose outcome nobody
 *   knew, had written them.
 */
import type { Clock } from '../common/clock.js';
import type { StorageAnswer, StorageRequest } from '../common/storage.js';

/** The way out: to the I/O shell by effect, and back by event. */
export interface StoragePort {
  request(request: StorageRequest, answered: (answer: StorageAnswer) => void): void;
}

export type CreateOutcome =
  | { readonly kind: 'created' }
  /** The name is there with another content. */
  | { readonly kind: 'taken' }
  /** Nothing was written. */
  | { readonly kind: 'full'; readonly message: string };

const RETRY_MS = { first: 100, longest: 5_000 };

export class StorageRequests {
  constructor(
    private readonly port: StoragePort,
    private readonly clock: Clock,
  ) {}

  /** @param done told undefined when there is no such name */
  read(name: string, done: (bytes: Uint8Array | undefined) => void): void {
    this.#ask({ op: 'read', name }, (answer) => done(answer.ok ? answer.bytes : undefined));
  }

  list(prefix: string, done: (names: readonly string[]) => void): void {
    this.#ask({ op: 'list', prefix }, (answer) => done((answer.ok ? answer.names : undefined) ?? []));
  }

  delete(names: readonly string[], done: () => void = () => {}): void {
    if (names.length === 0) done();
    else this.#ask({ op: 'delete', names }, () => done());
  }

  create(name: string, bytes: Uint8Array, done: (outcome: CreateOutcome) => void): void {
    this.#ask({ op: 'create', name, bytes }, (answer) => {
      if (answer.ok) done({ kind: 'created' });
      else if (answer.code === 'full') done({ kind: 'full', message: answer.message });
      else this.read(name, (found) => done({ kind: isSame(found, bytes) ? 'created' : 'taken' }));
    });
  }

  #ask(
    request: StorageRequest,
    done: (answer: StorageAnswer) => void,
    retryMs = RETRY_MS.first,
    inDoubt = false,
  ): void {
    this.port.request(request, (answer) => {
      // A full disk says that this try wrote nothing, and nothing about the one before.
      const again = !answer.ok && (answer.code === 'io' || (answer.code === 'full' && inDoubt));
      if (!again) return done(answer);
      const next = Math.min(retryMs * 2, RETRY_MS.longest);
      this.clock.schedule(retryMs, () => this.#ask(request, done, next, true));
    });
  }
}

function isSame(found: Uint8Array | undefined, bytes: Uint8Array): boolean {
  return found !== undefined && Buffer.compare(found, bytes) === 0;
}
