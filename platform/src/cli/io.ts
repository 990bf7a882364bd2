/** What a command sees of its process, so that tests can call it in theirs. */
export interface Io {
  /** The command's own output. */
  out(text: string): void;
  /** Diagnostics of a command whose output is something else, progress, errors. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether `out` and `err` are terminals; colours and live lines need one. */
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
}

/** Exit codes of every command. */
export const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

/** A command line that cannot be understood: printed with the command's help, exit code 2. */
export class UsageError extends Error {}

/** A command: parses its own arguments, gives the exit code. */
export interface Command {
  readonly usage: string;
  run(args: readonly string[], io: Io): number | Promise<number>;
}

export function usesColour(io: Io, stream: 'out' | 'err'): boolean {
  return (stream === 'out' ? io.outIsTerminal : io.errIsTerminal) && (io.env['NO_COLOR'] ?? '') === '';
}
