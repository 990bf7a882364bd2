/**
 * Those who have a token of a file.
 *
 * Invariants
 * - It is what the file holds now, as of a second ago: a token that was revoked opens nothing any more.
 * - When the file cannot be used nobody is let in, and that is said once.
 */
import { statSync } from 'node:fs';
import type { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Caller, Callers } from '../../rest/callers.js';
import { tokenAmong, type StoredToken } from './stored-token.js';
import { readTokens } from './token-file.js';

const LOOK_MS = 1000;

export class TokenCallers implements Callers {
  #tokens: ReadonlyMap<string, StoredToken>;
  #stamp: string;
  #looked: number;

  /** @throws TidegateError TG456 */
  constructor(
    private readonly path: string,
    private readonly clock: Clock,
    private readonly log: (message: string) => void,
  ) {
    this.#stamp = stampOf(path);
    this.#tokens = byId(readTokens(path));
    this.#looked = clock.monotonic();
  }

  holder(token: string): Caller | undefined {
    this.#look();
    const stored = tokenAmong(this.#tokens, token);
    if (stored === undefined) return undefined;
    const { name, role, expiresAt } = stored;
    const isOver = expiresAt !== undefined && Date.parse(expiresAt) <= this.clock.now();
    return isOver ? undefined : { name, role };
  }

  #look(): void {
    if (this.clock.monotonic() - this.#looked < LOOK_MS) return;
    this.#looked = this.clock.monotonic();
    const stamp = stampOf(this.path);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      this.#tokens = byId(readTokens(this.path));
    } catch (error) {
      this.#tokens = new Map();
      this.log(`nobody is let in any more: ${messageOf(error)}`);
    }
  }
}

function byId(tokens: readonly StoredToken[]): ReadonlyMap<string, StoredToken> {
  return new Map(tokens.map((token) => [token.id, token]));
}

function stampOf(path: string): string {
  const { mtimeMs, size, ino, mode } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size} ${ino} ${mode}`;
}
