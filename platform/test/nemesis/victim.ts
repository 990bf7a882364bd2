/**
 * A process of the cluster that is killed and stopped at will, and started again whenever it has ended.
 *
 * Invariants
 * - It may end by SIGKILL, ours or its own at a failpoint, and in no other way: what ends otherwise is remembered.
 */
import { Child, until, type Finished } from '../applications/child.js';

export interface VictimOptions {
  readonly name: string;
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it says when it is of use. */
  readonly ready: RegExp;
}

const RESTART_MS = 300;
const LIFETIME_MS = 3_600_000;

export class Victim {
  #child: Child;
  #isStopped = false;
  #isClosed = false;
  /** Whether somebody has killed it, and starts it again. */
  #isHeld = false;
  #pause: { readonly timer: NodeJS.Timeout; readonly over: () => void } | undefined;
  deaths = 0;
  /** How it ended by itself. */
  readonly ends: string[] = [];
  #saidBefore = '';

  constructor(private readonly options: VictimOptions) {
    this.#child = this.#start();
  }

  get name(): string {
    return this.options.name;
  }

  get isAlive(): boolean {
    return this.#child.process.exitCode === null && this.#child.process.signalCode === null;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** In this life. */
  get says(): string {
    return this.#child.err;
  }

  /** Over all its lives. */
  get said(): string {
    return this.#saidBefore + this.says;
  }

  /** In this life. */
  async ready(): Promise<void> {
    const child = this.#child;
    await until(() => this.options.ready.test(child.err), child);
  }

  /** @param failpoint where the next life ends by itself @param deadMs until then */
  async kill(deadMs = RESTART_MS, failpoint = ''): Promise<void> {
    this.continue();
    clearTimeout(this.#pause?.timer);
    const child = this.#child;
    this.#isHeld = true;
    child.process.kill('SIGKILL');
    await child.finished;
    await new Promise<void>((over) => (this.#pause = { timer: setTimeout(over, deadMs), over }));
    this.#isHeld = false;
    if (!this.#isClosed) this.#restart(failpoint);
  }

  stop(): void {
    this.#isStopped = true;
    this.#child.process.kill('SIGSTOP');
  }

  continue(): void {
    if (this.#isStopped) this.#child.process.kill('SIGCONT');
    this.#isStopped = false;
  }

  /** Resolves when it has died at its failpoint, or the time is over. */
  async dies(withinMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), withinMs)));
    const died = this.#child.finished.then(() => true);
    return Promise.race([died, late]).finally(() => clearTimeout(timer));
  }

  /** It is ended in order, or else killed. */
  async close(patienceMs: number): Promise<void> {
    this.#isClosed = true;
    this.continue();
    clearTimeout(this.#pause?.timer);
    this.#pause?.over();
    if (!this.isAlive) return;
    this.#child.process.kill('SIGTERM');
    const timer = setTimeout(() => {
      this.ends.push(`${this.name} did not end on SIGTERM within ${patienceMs} ms`);
      this.#child.process.kill('SIGKILL');
    }, patienceMs);
    await this.#child.finished;
    clearTimeout(timer);
  }

  #start(failpoint = ''): Child {
    const { words, cwd, env } = this.options;
    const child = new Child(words, {
      cwd,
      env: { ...env, TIDEGATE_FAIL: failpoint },
      input: '',
      lifetimeMs: LIFETIME_MS,
    });
    void child.finished.then((finished) => this.#ended(child, finished));
    return child;
  }

  #restart(failpoint = ''): void {
    this.#saidBefore += this.says;
    this.#child = this.#start(failpoint);
  }

  #ended(child: Child, { signal, exitCode, err }: Finished): void {
    this.deaths++;
    if (this.#isClosed) {
      if (signal === null && exitCode !== 0) this.ends.push(`${this.name} has ended with ${exitCode}:\n${tail(err)}`);
      return;
    }
    if (signal !== 'SIGKILL')
      this.ends.push(`${this.name} has ended by itself, ${signal ?? `code ${exitCode}`}:\n${tail(err)}`);
    if (this.#isHeld || child !== this.#child) return;
    const timer = setTimeout(() => {
      if (!this.#isClosed && !this.#isHeld && child === this.#child) this.#restart();
    }, RESTART_MS);
    this.#pause = { timer, over: () => undefined };
  }
}

const TAIL_LINES = 25;

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
