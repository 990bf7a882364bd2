/** What the disk of the state folder has answered, as an error that says what could not be done and what to do now. */
import { messageOf, TidegateError } from '../../common/errors.js';
import { codeOf } from './file-storage.js';

/**
 * @param doing as an infinitive: `open the job's state in /data/app`
 * @returns TG423 where there is no room, TG424 for all else; an error that has a code of ours as it is
 */
export function diskError(doing: string, cause: unknown): TidegateError {
  if (cause instanceof TidegateError) return cause;
  const isFull = codeOf(cause) === 'full';
  const whatToDo = isFull
    ? 'Free space (or lift the limit on the size of files), or set settings.stateDir to another disk.'
    : 'Check the disk and who may write there, or set settings.stateDir to another one.';
  const message = `could not ${doing}: ${messageOf(cause)}. ${whatToDo}`;
  return new TidegateError(isFull ? 'TG423' : 'TG424', message, { retriable: isFull, cause });
}
