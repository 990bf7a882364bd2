/** Whether a run may go on with a saved state, or must first be told that something is to be left out. */
import { TidegateError } from '../../common/errors.js';
import type { Compatibility } from './compatibility.js';

export interface RestoreOptions {
  /** `--allow-non-restored-state`: state without a place in the plan is left out. */
  readonly allowNonRestoredState: boolean;
}

/** The error to end with; undefined when the run may go on. */
export function refusalOf(
  { refusal, changes }: Compatibility,
  { allowNonRestoredState }: RestoreOptions,
): TidegateError | undefined {
  if (refusal !== undefined) return new TidegateError('TG441', `the saved state cannot be restored: ${refusal}`);
  const gone = changes.filter(({ effect, unreadable }) => effect === 'gone' || unreadable);
  if (allowNonRestoredState || gone.length === 0) return undefined;
  const lines = gone.map(
    ({ subject, message, help }) => `\n  ${subject} ${message}${help === undefined ? '' : `. ${help}`}`,
  );
  return new TidegateError(
    'TG440',
    `the saved state has parts without a place in the application; --allow-non-restored-state leaves them out:${lines.join('')}`,
  );
}
