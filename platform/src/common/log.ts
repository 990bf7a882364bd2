/**
 * Lines for whoever watches a process, with what they are about.
 *
 * Invariants
 * - A message holds no secret: who writes it has taken them out.
 */
export type LogLevel = 'info' | 'warn' | 'error';

export interface LogFields {
  /** Default `info`. */
  readonly level?: LogLevel;
  readonly job?: string;
  /** A node or task of the job. */
  readonly task?: string;
  /** Of the job, `EPOCH.ATTEMPT`. */
  readonly attempt?: string;
}

export type Log = (message: string, fields?: LogFields) => void;

export interface LogEntry extends LogFields {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly level: LogLevel;
  readonly message: string;
}
