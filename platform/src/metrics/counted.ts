/**
 * What the counters of a job's registry are as readings of instruments. Counters are kept by scope and name, as cheaply as
 * tasks can; what they are called outside is decided here.
 *
 * Scopes: `functions.TYPE[SUBTASK]` and `functions.TYPE`; `TASK[SUBTASK]`; `TASK[SUBTASK]>CHANNEL`; `rules.NAME`; `ingresses.NAME`, `egresses.NAME` and the ids of other
 * operators; `network`.
 */
import { CollectedHistograms } from './collected-histograms.js';
import type { Labels } from './instrument.js';
import type { InstrumentName } from './instruments.js';
import type { Reading } from './reading.js';
import type { MetricRegistry } from './registry.js';

interface Counted {
  readonly name: InstrumentName;
  /** What is counted is in milliseconds, and the instrument in seconds. */
  readonly isMillis?: true;
  /** A time, in epoch milliseconds; 0: none yet. */
  readonly lag?: InstrumentName;
  /** Besides those of the scope. */
  readonly labels?: Labels;
}

interface ScopeKind {
  readonly pattern: RegExp;
  readonly counters: Readonly<Record<string, Counted>>;
}

function byOutcome(name: InstrumentName, counter: string, outcomes: readonly string[]): Record<string, Counted> {
  return Object.fromEntries(outcomes.map((outcome) => [`${counter}.${outcome}`, { name, labels: { outcome } }]));
}

/** The first whose pattern fits; its groups are the labels. */
const KINDS: readonly ScopeKind[] = [
  {
    pattern: /^(?<task>.+)\[(?<subtask>\d+)\]>(?<channel>.+)$/,
    counters: { usage: { name: 'tidegate.channel.output.usage' } },
  },
  {
    pattern: /^functions\.(?<function>.+)\[(?<subtask>\d+)\]$/,
    counters: {
      inFlight: { name: 'tidegate.function.in_flight' },
      backlog: { name: 'tidegate.function.backlog' },
      blocked: { name: 'tidegate.function.blocked' },
    },
  },
  {
    pattern: /^functions\.(?<function>.+)$/,
    counters: {
      messagesIn: { name: 'tidegate.function.in' },
      messagesLocal: { name: 'tidegate.function.out.local' },
      messagesRemote: { name: 'tidegate.function.out.remote' },
      emitted: { name: 'tidegate.function.out.egress' },
      calls: { name: 'tidegate.function.invocations' },
      failures: { name: 'tidegate.function.invocations.failed' },
      givenUp: { name: 'tidegate.function.dead_letters' },
    },
  },
  {
    pattern: /^(?<task>.+)\[(?<subtask>\d+)\]$/,
    counters: {
      recordsIn: { name: 'tidegate.task.records.in' },
      recordsOut: { name: 'tidegate.task.records.out' },
      busyMs: { name: 'tidegate.task.busy.time', isMillis: true },
      backPressuredMs: { name: 'tidegate.task.back_pressured.time', isMillis: true },
      idleMs: { name: 'tidegate.task.idle.time', isMillis: true },
      pending: { name: 'tidegate.task.records.pending' },
      watermark: { name: 'tidegate.task.watermark', lag: 'tidegate.task.watermark.lag' },
    },
  },
  {
    pattern: /^ingresses\.(?<ingress>.+)$/,
    counters: {
      records: { name: 'tidegate.ingress.records' },
      bytes: { name: 'tidegate.ingress.bytes' },
      late: { name: 'tidegate.ingress.records.late' },
      bad: { name: 'tidegate.ingress.records.bad' },
      eventTime: { name: 'tidegate.ingress.event_time', lag: 'tidegate.ingress.event_time.lag' },
    },
  },
  {
    pattern: /^egresses\.(?<egress>.+)$/,
    counters: {
      written: { name: 'tidegate.egress.records' },
      ...byOutcome('tidegate.egress.transactions', 'transactions', ['committed', 'fenced', 'failed']),
      ...byOutcome('tidegate.egress.deliveries', 'deliveries', ['delivered', 'retried', 'given_up']),
    },
  },
  {
    pattern: /^network$/,
    counters: {
      sentBytes: { name: 'tidegate.network.bytes.sent' },
      receivedBytes: { name: 'tidegate.network.bytes.received' },
    },
  },
];

const OF_RULE: Readonly<Record<string, Counted>> = {
  alerts: { name: 'tidegate.rule.alerts' },
  suppressed: { name: 'tidegate.rule.alerts.suppressed' },
  timeouts: { name: 'tidegate.rule.timeouts' },
  errors: { name: 'tidegate.rule.errors' },
  droppedMatches: { name: 'tidegate.rule.matches.dropped' },
};
const OF_OPERATOR: Readonly<Record<string, Counted>> = {
  late: { name: 'tidegate.operator.records.late' },
  keyless: { name: 'tidegate.operator.records.keyless' },
};
const RULE = /^rules\.(?<rule>.+)$/;

/** @param now epoch milliseconds */
export function* jobReadings(job: string, registry: MetricRegistry, now: number): Generator<Reading> {
  const histograms = new CollectedHistograms();
  for (const [scope, counter, value] of registry.entries()) {
    if (histograms.take(scope, counter, value)) continue;
    const found = countedAs(scope, counter);
    if (found === undefined) continue;
    const { name, isMillis = false, lag } = found.counted;
    const labels = { job, ...found.labels };
    if (lag === undefined) yield { name, value: isMillis ? value / 1000 : value, labels };
    else if (value !== 0) {
      yield { name, value: value / 1000, labels };
      yield { name: lag, value: (now - value) / 1000, labels };
    }
  }
  yield* histograms.readings(job);
}

/** Undefined: it is for nobody outside. */
export function countedAs(
  scope: string,
  counter: string,
): { readonly counted: Counted; readonly labels: Labels } | undefined {
  for (const { pattern, counters } of KINDS) {
    const match = pattern.exec(scope);
    if (match !== null) return own(counters, counter, { ...match.groups });
  }
  const rule = RULE.exec(scope)?.groups;
  return (rule && own(OF_RULE, counter, { ...rule })) ?? own(OF_OPERATOR, counter, { operator: scope });
}

function own(counters: Readonly<Record<string, Counted>>, counter: string, labels: Labels) {
  const counted = Object.hasOwn(counters, counter) ? counters[counter] : undefined;
  return counted && { counted, labels: { ...labels, ...counted.labels } };
}
