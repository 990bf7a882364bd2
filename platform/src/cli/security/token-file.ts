/**
 * The file of tokens: `{ "tokens": [StoredToken, ...] }`.
 *
 * Invariants
 * - It is replaced as a whole, by one writer at a time, and only its owner reads or writes what is made here.
 * - One that others may write to is not believed: they could make themselves an administrator.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { messageOf, TidegateError } from '../../common/errors.js';
import { isStoredToken, type StoredToken } from './stored-token.js';

const BYTES_MAX = 16 * 1024 * 1024;
const WRITABLE_BY_OTHERS = 0o022;

/** @throws TidegateError TG456 */
export function readTokens(path: string): readonly StoredToken[] {
  try {
    const { mode, size } = statSync(path);
    if ((mode & WRITABLE_BY_OTHERS) !== 0) throw new Error('others than its owner may write to it (chmod go-w)');
    if (size > BYTES_MAX) throw new Error(`it has more than ${BYTES_MAX} bytes`);
    const { tokens } = (JSON.parse(readFileSync(path, 'utf8')) ?? {}) as { readonly tokens?: unknown };
    if (!Array.isArray(tokens) || !tokens.every(isStoredToken))
      throw new Error('it is not what `tidegate tokens` makes');
    return tokens;
  } catch (error) {
    throw new TidegateError('TG456', `the tokens in ${path} cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

/** @param change of what is there; of nothing, where there is no such file. @throws TidegateError TG456 */
export function changeTokens(path: string, change: (tokens: readonly StoredToken[]) => readonly StoredToken[]): void {
  const next = `${path}.next`;
  const file = begin(next);
  try {
    const tokens = statSync(path, { throwIfNoEntry: false }) === undefined ? [] : readTokens(path);
    writeSync(file, `${JSON.stringify({ tokens: change(tokens) }, null, 2)}\n`);
    fsyncSync(file);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** For one writer alone. */
function begin(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const reason = isThere
      ? 'somebody else is writing it, or was killed while doing so: then remove it'
      : messageOf(error);
    throw new TidegateError('TG456', `${path} cannot be written: ${reason}`, { cause: error });
  }
}
