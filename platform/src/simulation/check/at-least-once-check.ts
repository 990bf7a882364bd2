/**
 * Holds the committed output of a job that may count something twice against what the input must give: nothing is lost, and
 * nothing comes that nobody expected.
 *
 * After a restore a window may be closed again for what is read again, so windows are added up.
 */
import { readOutputLine, type OutputLine } from '../workload/probe-record.js';
import type { ExpectedOutput } from './expected-output.js';
import type { JobCheck } from './job-check.js';
import type { Violation } from './violation.js';

export class AtLeastOnceCheck implements JobCheck {
  /** How much each thing must come to at least: 1 for an event. */
  readonly #expected = new Map<string, number>();
  readonly #found = new Map<string, number>();
  #read = 0;

  constructor(
    private readonly expected: ExpectedOutput,
    private readonly violate: (property: Violation['property'], message: string) => void,
  ) {
    for (const [id, { j }] of expected.entries) {
      const { name, count } = thingOf(id);
      this.#expected.set(name, count);
      this.#expected.set(`total-final ${j}`, (this.#expected.get(`total-final ${j}`) ?? 0) + 1);
    }
    for (const id of expected.late) this.#expected.set(`late ${id}`, 1);
    for (const [window, count] of expected.totalWindows) this.#expected.set(`total-window ${window}`, count);
  }

  check(output: readonly string[]): void {
    for (; this.#read < output.length; this.#read++) this.#line(readOutputLine(output[this.#read]!));
  }

  checkEnd(): void {
    for (const [name, count] of this.#expected) {
      const found = this.#found.get(name) ?? 0;
      if (found < count) return this.violate('at-least-once', `${name} comes to ${found} instead of ${count}`);
    }
  }

  #line(line: OutputLine): void {
    switch (line[0]) {
      case 'event': {
        const [, j, , k, , id] = line;
        const { name, count } = thingOf(id);
        const expected = this.expected.entries.get(id);
        if (expected !== undefined && (expected.k !== k || expected.j !== j))
          this.violate('order', `${line.join(' ')} came to the keys of another`);
        return this.#add(name, count);
      }
      case 'alert':
        return this.violate('at-least-once', 'what a pattern sees twice it may take for more than there was');
      case 'call':
      case 'letter':
        return this.violate('at-least-once', 'functions are in jobs that count everything once');
      case 'late':
        return this.#add(`late ${line[1]}`, 1);
      case 'total-window':
        return this.#add(`total-window ${line[1]}:${line[2]}`, line[3]);
      case 'total-final':
        return this.#add(`total-final ${line[1]}`, line[2]);
    }
  }

  #add(name: string, count: number): void {
    if (!this.#expected.has(name)) this.violate('at-least-once', `nobody expected ${name}`);
    this.#found.set(name, (this.#found.get(name) ?? 0) + count);
  }
}

/** What an entry of the ledger counts, and how much: `window:K:END:COUNT`, `final:K:COUNT`, or an event. */
function thingOf(id: string): { readonly name: string; readonly count: number } {
  const [, name, count] = /^((?:window|final):.*):(\d+)$/.exec(id) ?? [];
  return name === undefined ? { name: id, count: 1 } : { name, count: Number(count) };
}
