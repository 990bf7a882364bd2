/**
 * What a whole job has counted, wherever its tasks run, and how fast: sums over its registry, and rates between two looks at
 * it.
 *
 * Invariants
 * - A rate is over RATE_MS at least; of what has not been counted for RATE_STALE_MS it is 0.
 */
import type { MetricChange, MetricRegistry } from './registry.js';

/** Of a task, all its subtasks together. */
export interface TaskTotals {
  readonly task: string;
  readonly recordsIn: number;
  readonly recordsOut: number;
  /** How its time is spent: parts of 1, all three 0 while nothing is known. */
  readonly busy: number;
  readonly backPressured: number;
  readonly idle: number;
  /** The lowest of its subtasks, epoch milliseconds. Absent: none has one. */
  readonly watermark?: number;
}

export interface RuleTotals {
  readonly rule: string;
  readonly alerts: number;
  readonly suppressed: number;
  readonly timeouts: number;
  readonly errors: number;
}

export interface JobTotals {
  /** Events that its ingresses have read. */
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Records that were given to its egresses. */
  readonly written: number;
  readonly alerts: number;
  readonly late: number;
  /** What could not be read, had no usable key, or made no alert. */
  readonly deadLetters: number;
  readonly tasks: readonly TaskTotals[];
  readonly rules: readonly RuleTotals[];
}

const RATE_MS = 2000;
const RATE_STALE_MS = 10_000;
const TASK = /^(?<task>.+)\[\d+\]$/;
const RULE = /^rules\.(?<rule>.+)$/;
const TASK_COUNTERS = ['recordsIn', 'recordsOut', 'busyMs', 'backPressuredMs', 'idleMs'] as const;
const RULE_COUNTERS = ['alerts', 'suppressed', 'timeouts', 'errors'] as const;
const DEAD = ['bad', 'keyless', 'errors'] as const;

type Sums = Map<string, number>;

/** The sums at a time. */
interface Sample {
  readonly at: number;
  readonly sums: Sums;
}

export class JobCounts {
  #before: Sample | undefined;
  #latest: Sample | undefined;

  constructor(readonly registry: MetricRegistry) {}

  /** @param now epoch milliseconds */
  merge(changes: readonly MetricChange[], now: number): void {
    this.registry.merge(changes);
    if (this.#latest !== undefined && now - this.#latest.at < RATE_MS) return;
    this.#before = this.#latest;
    this.#latest = { at: now, sums: sumsOf(this.registry) };
  }

  totals(now: number): JobTotals {
    const sums = sumsOf(this.registry);
    const of = (kind: string, name: string): number => sums.get(`${kind} ${name}`) ?? 0;
    const watermarks = watermarksOf(this.registry);
    const tasks = namesIn(sums, 'task').map((task) => {
      const watermark = watermarks.get(task);
      const [recordsIn, recordsOut] = [of('task', `${task} recordsIn`), of('task', `${task} recordsOut`)];
      return {
        task,
        recordsIn,
        recordsOut,
        ...this.#shares(task, now),
        ...(watermark === undefined ? {} : { watermark }),
      };
    });
    const rules = namesIn(sums, 'rule').map((rule) => {
      const [alerts, suppressed, timeouts, errors] = RULE_COUNTERS.map((name) => of('rule', `${rule} ${name}`));
      return { rule, alerts: alerts!, suppressed: suppressed!, timeouts: timeouts!, errors: errors! };
    });
    return {
      events: of('all', 'records'),
      eventsPerSecond: this.#grown('all records', now) * 1000,
      written: of('all', 'written'),
      alerts: of('all', 'alerts'),
      late: of('all', 'late'),
      deadLetters: DEAD.reduce((sum, name) => sum + of('all', name), 0),
      tasks,
      rules,
    };
  }

  #shares(task: string, now: number): Pick<TaskTotals, 'busy' | 'backPressured' | 'idle'> {
    const [busy, backPressured, idle] = (['busyMs', 'backPressuredMs', 'idleMs'] as const).map((name) =>
      this.#grown(`task ${task} ${name}`, now),
    ) as [number, number, number];
    const all = busy + backPressured + idle;
    if (all === 0) return { busy: 0, backPressured: 0, idle: 0 };
    return { busy: busy / all, backPressured: backPressured / all, idle: idle / all };
  }

  /** A millisecond. */
  #grown(sum: string, now: number): number {
    if (this.#before === undefined || this.#latest === undefined || now - this.#latest.at > RATE_STALE_MS) return 0;
    const grown = (this.#latest.sums.get(sum) ?? 0) - (this.#before.sums.get(sum) ?? 0);
    return grown / (this.#latest.at - this.#before.at);
  }
}

/** By `task NAME COUNTER`, `rule NAME COUNTER` and `all COUNTER`. */
function sumsOf(registry: MetricRegistry): Sums {
  const sums: Sums = new Map();
  const add = (key: string, value: number): void => void sums.set(key, (sums.get(key) ?? 0) + value);
  for (const [scope, name, value] of registry.entries()) {
    const task = TASK.exec(scope)?.groups?.['task'];
    const rule = RULE.exec(scope)?.groups?.['rule'];
    if (task !== undefined && isOneOf(TASK_COUNTERS, name)) add(`task ${task} ${name}`, value);
    else if (task === undefined) {
      if (rule !== undefined && isOneOf(RULE_COUNTERS, name)) add(`rule ${rule} ${name}`, value);
      add(`all ${name}`, value);
    }
  }
  return sums;
}

/** Of tasks or rules, in the order in which they were counted first. */
function namesIn(sums: Sums, kind: 'task' | 'rule'): string[] {
  const names = [...sums.keys()]
    .filter((key) => key.startsWith(`${kind} `))
    .map((key) => key.slice(kind.length + 1, key.lastIndexOf(' ')));
  return [...new Set(names)];
}

function watermarksOf(registry: MetricRegistry): ReadonlyMap<string, number> {
  const lowest = new Map<string, number>();
  for (const [scope, name, value] of registry.entries()) {
    const task = TASK.exec(scope)?.groups?.['task'];
    if (task === undefined || name !== 'watermark' || value === 0) continue;
    lowest.set(task, Math.min(lowest.get(task) ?? value, value));
  }
  return lowest;
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
