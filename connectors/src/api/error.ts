/**
 * Operating errors of connectors: what went wrong outside, and whether trying again can help. A programmer's error is
 * never one of these.
 */
export type ConnectorErrorCode =
  /** A file, folder or address that is not there. */
  | 'not-found'
  /** An option whose value cannot be used, found when the connector is made. */
  | 'invalid-option'
  /** The disk is full or a quota is used up. */
  | 'no-space'
  /** Data that an earlier run or another program wrote is damaged. */
  | 'corrupt'
  /** The address or file is in use by somebody else. */
  | 'in-use'
  /** A later attempt of the same job has taken over: this one must stop. */
  | 'fenced'
  /** The other side has gone: a closed pipe. */
  | 'closed'
  /** The other side answered that it will never take this. */
  | 'refused'
  /** The other side did not answer, or not well, often enough. */
  | 'unavailable'
  /** Any other failure of a disk or socket; `cause` holds it. */
  | 'io';

/** `message` names the thing, what was found and what to do. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  constructor(
    readonly code: ConnectorErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retriable?: boolean } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.retriable = options.retriable ?? false;
  }
  /** Whether the same call may succeed later without anybody's doing. */
  readonly retriable: boolean;
}

/** Turns what Node's file and socket calls throw into an operating error about `subject` (a path, an address). */
export function connectorError(subject: string, cause: unknown): ConnectorError {
  if (cause instanceof ConnectorError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ENOENT':
      return new ConnectorError('not-found', `${subject}: no such file or folder`, { cause });
    case 'ENOSPC':
    case 'EDQUOT':
      // Others may free some.
      return new ConnectorError('no-space', `${subject}: no space left to write (${code}); free some and run again`, {
        cause,
        retriable: true,
      });
    case 'EFBIG':
      return new ConnectorError(
        'no-space',
        `${subject}: a file of that size is not allowed here (EFBIG); raise the limit`,
        {
          cause,
        },
      );
    case 'EMFILE':
    case 'ENFILE':
      return new ConnectorError('io', `${subject}: too many open files (${code}); raise the limit`, {
        cause,
        retriable: true,
      });
    case 'EROFS':
      return new ConnectorError('io', `${subject}: the file system is read-only (EROFS)`, { cause });
    case 'EACCES':
    case 'EPERM':
      return new ConnectorError('io', `${subject}: permission denied (${code})`, { cause });
    case 'EADDRINUSE':
      return new ConnectorError('in-use', `${subject}: the address is already in use`, { cause });
    case 'EPIPE':
      return new ConnectorError('closed', `${subject}: the reader has gone (EPIPE)`, { cause });
    default:
      return new ConnectorError('io', `${subject}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
  }
}

/** The same for work that may also fail by a programmer's error, which stays what it is. */
export async function telling<T>(subject: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Error && 'code' in error ? connectorError(subject, error) : error;
  }
}
