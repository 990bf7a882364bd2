/** What RocksDB and the disk say, as errors with a code. */
import { messageOf, TidegateError } from '../../common/errors.js';

const NO_SPACE = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/;

/** @param doing what failed, as in `RocksDB could not DOING` */
export function diskError(doing: string, cause: unknown): TidegateError {
  if (cause instanceof TidegateError) return cause;
  const message = messageOf(cause);
  return NO_SPACE.test(message)
    ? new TidegateError('TG423', `could not ${doing}: the disk is full. Free space, then the job can go on.`, {
        retriable: true,
        cause,
      })
    : new TidegateError('TG424', `could not ${doing}: ${message}`, { cause });
}
