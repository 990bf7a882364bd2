/** Errors of the file system that are an answer: that a file is not there, above all. */

/** `value` in the place of what is not there; other errors stay. */
export function absent<T>(value: T): (error: unknown) => T {
  return ignoring('ENOENT', value);
}

/** `value` in the place of an error of this code, such as `EINVAL`; other errors stay. */
export function ignoring<T>(code: string, value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === code) return value;
    throw error;
  };
}
