/**
 * Kills a running application again and again, and holds what it has written against the run that nobody disturbed.
 *
 * Invariants
 * - A run is killed by SIGKILL, by another process or by itself at a failpoint, and started again in the same folder.
 * - What counts is the output when the job has finished: of each rule equal to the undisturbed one, line by line after
 *   sorting.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
  openSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import { cards } from '@tidegate/cep/bench/events';
import { Child, type Finished } from '../applications/child.js';
import { applicationText, OUTPUTS, type CrashApplication, type CrashRule } from './application.js';
import type { DeathPoint } from './failpoints.js';

const EVENTS = 'payments.jsonl';
const CHUNK_CHARACTERS = 1 << 20;
/** The pass at which a run has completed its first checkpoint: behind its fence and its plan. */
const WITH_CHECKPOINT = 'storage.after-create:3';

/** Sorted lines, by the rule that they are of. */
type Output = ReadonlyMap<CrashRule, readonly string[]>;

export interface Disturbed {
  readonly kills: number;
  /** Runs that found a checkpoint to go on from. */
  readonly resumed: number;
}

export class CrashLoop {
  readonly #expected: Output;
  readonly undisturbedMs: number;
  #rounds = 0;
  #starts = 0;

  private constructor(
    private readonly folder: string,
    private readonly application: CrashApplication,
    expected: Output,
    undisturbedMs: number,
  ) {
    this.#expected = expected;
    this.undisturbedMs = undisturbedMs;
  }

  /** Makes the events and runs undisturbed once. @param folder empty */
  static async prepare(folder: string, events: number, application: CrashApplication): Promise<CrashLoop> {
    writeEvents(join(folder, EVENTS), events);
    const place = newPlace(folder, 'undisturbed', application);
    const start = performance.now();
    await wellEnded(place, run(place));
    const expected = outputOf(place);
    for (const [rule, lines] of expected) if (lines.length === 0) throw new Error(`undisturbed, ${rule} found nothing`);
    return new CrashLoop(folder, application, expected, performance.now() - start);
  }

  /** How many alerts each rule has. */
  get alerts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#expected].map(([rule, lines]) => [rule, lines.length]));
  }

  /** Kills the job after each of these times, ms; a run that is done before is held against the undisturbed one as well. */
  async killAfter(delays: readonly number[]): Promise<Disturbed> {
    let [kills, resumed] = [0, 0];
    let place = this.#newRound();
    for (const delay of delays) {
      const child = this.#run(place);
      const timer = setTimeout(() => child.process.kill('SIGKILL'), delay);
      const ended = await child.finished;
      clearTimeout(timer);
      if (isResumed(ended)) resumed++;
      if (ended.signal === 'SIGKILL') kills++;
      else {
        this.#compare(place, ended);
        place = this.#newRound();
      }
    }
    const last = await wellEnded(place, this.#run(place));
    if (isResumed(last)) resumed++;
    this.#compare(place, last);
    return { kills, resumed };
  }

  /** Lets the job die at these failpoints, one start after the other, and then finish; begins anew where it has finished. */
  async dieAt(points: readonly DeathPoint[]): Promise<Disturbed> {
    let [kills, resumed] = [0, 0];
    let place = this.#newRound();
    let isFresh = true;
    /** Whether the next start is known to go on from a checkpoint. */
    let goesOn = false;
    const died = (ended: Finished): void => {
      kills++;
      if (isResumed(ended)) resumed++;
      isFresh = false;
      goesOn ||= isResumed(ended);
    };
    for (const { failpoint, pass = 1, times = 1, resumed: mustGoOn } of points) {
      for (let left = times; left > 0;) {
        if (mustGoOn && !goesOn) {
          died(await this.#die(place, WITH_CHECKPOINT));
          goesOn = true;
        }
        const ended = await this.#run(place, `${failpoint}:${pass}`).finished;
        if (ended.signal === 'SIGKILL') {
          died(ended);
          left--;
          continue;
        }
        if (isFresh) throw notReached(failpoint, ended);
        this.#compare(place, ended);
        place = this.#newRound();
        isFresh = true;
        goesOn = false;
      }
    }
    const last = await wellEnded(place, this.#run(place));
    if (isResumed(last)) resumed++;
    this.#compare(place, last);
    return { kills, resumed };
  }

  /** A run that dies at a failpoint; it must get there. */
  async #die(place: string, failpoint: string): Promise<Finished> {
    const ended = await this.#run(place, failpoint).finished;
    if (ended.signal !== 'SIGKILL') throw notReached(failpoint, ended);
    return ended;
  }

  #run(place: string, failpoint = ''): Child {
    const { rescaled = [] } = this.application;
    const parallelism = rescaled[this.#starts++ % rescaled.length];
    return run(place, failpoint, parallelism === undefined ? [] : ['--parallelism', String(parallelism)]);
  }

  #newRound(): string {
    return newPlace(this.folder, `round-${++this.#rounds}`, this.application);
  }

  #compare(place: string, { exitCode, err }: Finished): void {
    if (exitCode !== 0) throw new Error(`${place}: exit code ${exitCode}\n${err}`);
    for (const [rule, found] of outputOf(place)) {
      const difference = differenceOf(found, this.#expected.get(rule) ?? []);
      if (difference !== undefined) throw new Error(`${place}: ${rule}: ${difference}`);
    }
    const left = stateFilesOf(place);
    if (left.length > 0) throw new Error(`${place}: nobody needs ${left.join(', ')} any more`);
  }
}

/** Undefined when both are the same. */
function differenceOf(found: readonly string[], expected: readonly string[]): string | undefined {
  if (found.length === expected.length && found.every((line, i) => line === expected[i])) return undefined;
  const [had, known] = [new Set(found), new Set(expected)];
  const missing = expected.filter((line) => !had.has(line)).length;
  const twice = found.filter((line, i) => line === found[i - 1]).length;
  const foreign = found.filter((line) => !known.has(line)).length;
  return `of ${expected.length} alerts ${missing} are missing, ${twice} came twice, ${foreign} are others`;
}

function newPlace(folder: string, name: string, application: CrashApplication): string {
  const place = join(folder, name);
  mkdirSync(place);
  symlinkSync(join(folder, EVENTS), join(place, EVENTS));
  writeFileSync(join(place, 'application.yaml'), applicationText(application));
  return place;
}

function run(place: string, failpoint = '', args: readonly string[] = []): Child {
  return new Child(['run', '--quiet', ...args], { cwd: place, env: { TIDEGATE_FAIL: failpoint }, input: '' });
}

function notReached(failpoint: string, { err }: Finished): Error {
  return new Error(`the failpoint ${failpoint} was not reached\n${err}`);
}

async function wellEnded(place: string, child: Child): Promise<Finished> {
  const ended = await child.finished;
  if (ended.exitCode !== 0) throw new Error(`${place}: exit code ${ended.exitCode}, ${ended.signal}\n${ended.err}`);
  return ended;
}

function isResumed({ err }: Finished): boolean {
  return /^resumed from checkpoint /m.test(err);
}

function outputOf(place: string): Output {
  return new Map(Object.entries(OUTPUTS).map(([rule, path]) => [rule as CrashRule, linesOf(join(place, path))]));
}

/** Of a file, or of all files of a folder. A folder shows no file that is not committed; those that begin with a dot are the connector's own. */
function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  const isFolder = path.endsWith('/');
  const names = isFolder ? readdirSync(path).filter((name) => !name.startsWith('.')) : [''];
  return names.flatMap((name) => readFileSync(join(path, name), 'utf8').split('\n').filter(Boolean)).sort();
}

/** What a finished job still holds of its checkpoints. */
function stateFilesOf(place: string): string[] {
  const state = join(place, '.tidegate', 'crash', 'checkpoints', 'state');
  if (!existsSync(state)) return [];
  return readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

function writeEvents(path: string, count: number): void {
  const file = openSync(path, 'w');
  let text = '';
  for (const card of cards(count)) {
    text += `${JSON.stringify(card)}\n`;
    if (text.length > CHUNK_CHARACTERS) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}
