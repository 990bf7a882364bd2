/**
 * Holds the committed output of a job that counts everything once against what the input must give.
 *
 * Invariants
 * - Any prefix of the output is checked, so that a double shows when it is committed and not only at the end.
 */
import { readOutputLine, type OutputLine } from '../workload/probe-record.js';
import type { ExpectedOutput } from './expected-output.js';
import { CallsCheck } from './calls-check.js';
import type { JobCheck } from './job-check.js';
import type { Violation } from './violation.js';

export class OutputCheck implements JobCheck {
  readonly #entries = new Set<string>();
  readonly #windows = new Set<string>();
  readonly #finals = new Map<string, number>();
  readonly #late = new Set<string>();
  readonly #alerts = new Set<string>();
  /** By key of the totals: the last count. */
  readonly #totals = new Map<string, number>();
  /** Counts of each key of the ledger. */
  readonly #counts = new Map<string, Set<number>>();
  readonly #calls: CallsCheck;
  #read = 0;

  constructor(
    private readonly expected: ExpectedOutput,
    private readonly violate: (property: Violation['property'], message: string) => void,
  ) {
    this.#calls = new CallsCheck(expected.calls, violate);
  }

  check(output: readonly string[]): void {
    for (; this.#read < output.length; this.#read++) this.#line(readOutputLine(output[this.#read]!));
  }

  checkEnd(): void {
    for (const id of this.expected.entries.keys()) if (!this.#entries.has(id)) return this.#lost(id);
    for (const id of this.expected.late) if (!this.#late.has(id)) return this.#lost(`the late event ${id}`);
    for (const id of this.expected.alerts) if (!this.#alerts.has(id)) return this.#lost(`the alert ${id}`);
    const call = this.#calls.missing();
    if (call !== undefined) return this.#lost(call);
    for (const window of this.expected.totalWindows.keys()) {
      if (!this.#windows.has(window)) return this.#lost(`the window ${window}`);
    }
    for (const [j, count] of this.#totals) {
      if (this.#finals.get(j) !== count) return this.#lost(`the final count ${count} of ${j}`);
    }
    for (const [k, counts] of this.#counts) {
      if (Math.max(...counts) !== counts.size) return this.#lost(`some count of ${k}`);
    }
  }

  #lost(what: string): void {
    this.violate('exactly-once', `${what} is missing in the committed output`);
  }

  #line(line: OutputLine): void {
    switch (line[0]) {
      case 'event':
        return this.#entry(line);
      case 'late':
        if (!this.expected.late.has(line[1])) this.violate('exactly-once', `${line[1]} is not late`);
        return this.#once(this.#late, line[1], line);
      case 'alert':
        if (!this.expected.alerts.has(line[1])) this.violate('exactly-once', `nobody expected the alert ${line[1]}`);
        return this.#once(this.#alerts, line[1], line);
      case 'call':
      case 'letter':
        return this.#calls.line(line);
      case 'total-window': {
        const [, j, end, count] = line;
        const expected = this.expected.totalWindows.get(`${j}:${end}`);
        if (expected !== count) {
          this.violate(
            'exactly-once',
            `the window of ${j} to ${end} holds ${count} instead of ${expected ?? 'nothing'}`,
          );
        }
        return this.#once(this.#windows, `${j}:${end}`, line);
      }
      case 'total-final':
        if (this.#finals.has(line[1])) this.violate('exactly-once', `${line.join(' ')} is a second end`);
        this.#finals.set(line[1], line[2]);
    }
  }

  #entry(line: OutputLine & readonly ['event', ...unknown[]]): void {
    const [, j, m, k, n, id] = line;
    const expected = this.expected.entries.get(id);
    if (expected?.k !== k || expected.j !== j) this.violate('exactly-once', `nobody expected ${line.join(' ')}`);
    this.#once(this.#entries, id, line);
    const last = this.#totals.get(j) ?? 0;
    if (m !== last + 1) this.violate(m > last ? 'exactly-once' : 'order', `count ${m} of ${j} came behind ${last}`);
    this.#totals.set(j, m);
    if (n === 0) return;
    let counts = this.#counts.get(k);
    if (counts === undefined) this.#counts.set(k, (counts = new Set()));
    if (counts.has(n)) this.violate('exactly-once', `count ${n} of ${k} came twice`);
    counts.add(n);
  }

  #once(seen: Set<string>, id: string, line: OutputLine): void {
    if (seen.has(id)) this.violate('exactly-once', `${line.join(' ')}: ${id} came twice`);
    seen.add(id);
  }
}
