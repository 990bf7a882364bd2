/**
 * Kills a running application again and again, and holds what it has written against the run that nobody disturbed.
 *
 * Invariants
 * - A run is killed by SIGKILL, by another process or by itself at a failpoint, and started again in the same folder.
 * - What counts is the output file when the job has finished: equal to the undisturbed one, line by line after sorting.
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
import { applicationText, type CrashApplication } from './application.js';

const ALERTS = 'alerts.jsonl';
const EVENTS = 'payments.jsonl';
const CHUNK_CHARACTERS = 1 << 20;

export interface Disturbed {
  readonly kills: number;
  /** Runs that found a checkpoint to go on from. */
  readonly resumed: number;
}

export class CrashLoop {
  readonly #expected: readonly string[];
  readonly undisturbedMs: number;
  #rounds = 0;

  private constructor(
    private readonly folder: string,
    private readonly application: CrashApplication,
    expected: readonly string[],
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
    await finish(place, {});
    const expected = linesOf(place);
    if (expected.length === 0) throw new Error('the undisturbed run found nothing');
    return new CrashLoop(folder, application, expected, performance.now() - start);
  }

  get alerts(): number {
    return this.#expected.length;
  }

  /** Kills the job after each of these times, ms; a run that is done before is held against the undisturbed one as well. */
  async killAfter(delays: readonly number[]): Promise<Disturbed> {
    let [kills, resumed] = [0, 0];
    let place = this.#newRound();
    for (const delay of delays) {
      const child = run(place, {});
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
    const last = await finish(place, {});
    if (isResumed(last)) resumed++;
    this.#compare(place, last);
    return { kills, resumed };
  }

  /** Lets the job die at the failpoint's `count`-th pass, `times` times in a row, and then finish. */
  async dieAt(failpoint: string, count: number, times = 1): Promise<Disturbed> {
    const place = this.#newRound();
    let resumed = 0;
    for (let i = 0; i < times; i++) {
      const ended = await run(place, { TIDEGATE_FAIL: `${failpoint}:${count}` }).finished;
      if (ended.signal !== 'SIGKILL')
        throw new Error(`the failpoint ${failpoint}:${count} was not reached\n${ended.err}`);
      if (isResumed(ended)) resumed++;
    }
    const last = await finish(place, {});
    if (isResumed(last)) resumed++;
    this.#compare(place, last);
    return { kills: times, resumed };
  }

  #newRound(): string {
    return newPlace(this.folder, `round-${++this.#rounds}`, this.application);
  }

  #compare(place: string, { exitCode, err }: Finished): void {
    if (exitCode !== 0) throw new Error(`${place}: exit code ${exitCode}\n${err}`);
    const found = linesOf(place);
    const known = new Set(this.#expected);
    const wrong = found.findIndex((line, i) => line !== this.#expected[i]);
    if (wrong < 0 && found.length === this.#expected.length) {
      const left = stateFilesOf(place);
      if (left.length > 0) throw new Error(`${place}: nobody needs ${left.join(', ')} any more`);
      return;
    }
    const missing = this.#expected.filter((line) => !found.includes(line)).length;
    const twice = found.filter((line, i) => line === found[i - 1]).length;
    const foreign = found.filter((line) => !known.has(line)).length;
    throw new Error(
      `${place}: of ${this.#expected.length} alerts ${missing} are missing, ${twice} came twice, ${foreign} are others`,
    );
  }
}

function newPlace(folder: string, name: string, application: CrashApplication): string {
  const place = join(folder, name);
  mkdirSync(place);
  symlinkSync(join(folder, EVENTS), join(place, EVENTS));
  writeFileSync(join(place, 'application.yaml'), applicationText(application));
  return place;
}

function run(place: string, env: Readonly<Record<string, string>>): Child {
  return new Child(['run', '--quiet'], { cwd: place, env, input: '' });
}

async function finish(place: string, env: Readonly<Record<string, string>>): Promise<Finished> {
  const ended = await run(place, env).finished;
  if (ended.exitCode !== 0) throw new Error(`${place}: exit code ${ended.exitCode}, ${ended.signal}\n${ended.err}`);
  return ended;
}

function isResumed({ err }: Finished): boolean {
  return /^resumed from checkpoint /m.test(err);
}

function linesOf(place: string): string[] {
  const file = join(place, ALERTS);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).sort() : [];
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
