/** The `tidegate` command as a user calls it: a process of its own, bounded in time. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const COMMAND = join(ROOT, 'platform', 'bin', 'tidegate.cjs');
const LIFETIME_MS = 120_000;

export interface Finished {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** All of its standard input; without it, none. */
  readonly input?: string;
  /** A command that runs it: limits, another namespace. */
  readonly below?: readonly string[];
  /** It is killed after so long; two minutes where nothing else is said. */
  readonly lifetimeMs?: number;
}

/** Children by the folder that they run in, for as long as `inFolder` has it. */
const children = new Map<Child, string>();

export class Child {
  out = '';
  err = '';
  readonly finished: Promise<Finished>;
  readonly process: ChildProcess;

  constructor(
    readonly args: readonly string[],
    { cwd = ROOT, env = {}, input, below = [], lifetimeMs = LIFETIME_MS }: ChildOptions = {},
  ) {
    const [command = '', ...words] = [...below, process.execPath, COMMAND, ...args];
    this.process = spawn(command, words, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: lifetimeMs,
      killSignal: 'SIGKILL',
    });
    this.process.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    this.process.stderr?.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    // A child that ends before it has read its input is no error here.
    this.process.stdin?.on('error', () => undefined);
    if (input !== undefined) this.process.stdin?.end(input);
    this.finished = new Promise((resolve, reject) => {
      this.process.once('error', reject);
      this.process.once('close', (exitCode, signal) => resolve({ exitCode, signal, out: this.out, err: this.err }));
    });
    children.set(this, cwd);
  }
}

export function tidegate(args: readonly string[], options: ChildOptions = {}): Promise<Finished> {
  return new Child(args, { input: '', ...options }).finished;
}

/** Resolves when `condition` holds; rejects when it never does, or when the child ends before. */
export async function until(condition: () => boolean, child: Child): Promise<void> {
  let ended: Finished | undefined;
  void child.finished.then((finished) => (ended = finished));
  for (let waitedMs = 0; !holds(condition); waitedMs += 10) {
    if (ended !== undefined || waitedMs > LIFETIME_MS) {
      throw new Error(`the condition was never met; stdout:\n${child.out}\nstderr:\n${child.err}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A line that is just being written is not JSON yet. */
function holds(condition: () => boolean): boolean {
  try {
    return condition();
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/**
 * A folder of its own for a body, removed afterwards; what a body that failed has left running in it is killed, and what its
 * processes have said is told with the error.
 */
export async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-'));
  try {
    return await body(folder);
  } catch (error) {
    if (error instanceof Error) error.stack += childrenIn(folder).map(lastWords).join('');
    throw error;
  } finally {
    await Promise.allSettled(killLeft(folder).map(({ finished }) => finished));
    for (const child of childrenIn(folder)) children.delete(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What still runs in a folder. @returns it, killed */
export function killLeft(folder: string): readonly Child[] {
  const left = childrenIn(folder).filter(({ process: { exitCode, signalCode } }) => (exitCode ?? signalCode) === null);
  for (const child of left) child.process.kill('SIGKILL');
  return left;
}

function childrenIn(folder: string): readonly Child[] {
  return [...children].filter(([, cwd]) => cwd.startsWith(folder)).map(([child]) => child);
}

const LAST_WORDS = 4000;

function lastWords({ args, err, process: { exitCode, signalCode } }: Child): string {
  const end = exitCode ?? signalCode ?? 'still running';
  return `\n--- tidegate ${args.join(' ')} (${end})\n${err.slice(-LAST_WORDS)}`;
}

/** The lines of a file as JSON; none while there is no such file. */
export function jsonLines(file: string): Record<string, unknown>[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
