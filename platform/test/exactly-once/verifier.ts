/**
 * `node verifier.js BROKERS PAYMENTS ALERTS`: holds the alerts that are committed against those that the payments in their topic must
 * raise, by a rule written by hand. Prints one JSON line, and what is wrong on stderr; exit code 1 where something is. A process of
 * its own: it knows nothing but the topics.
 */
import { connectBrokers, type CommittedMessage } from '@tidegate/connectors/services/broker-tools';

export interface Verdict {
  readonly payments: number;
  readonly expected: number;
  readonly missing: number;
  readonly duplicated: number;
  /** Alerts that no payments raise. */
  readonly foreign: number;
  /** Alerts that come behind a later one of their key, or lie in another partition than it. */
  readonly disordered: number;
}

const WITHIN_MS = 600_000;
/** Of each kind of what is wrong. */
const TOLD_MAX = 20;

/** `CARD@TIME` of each alert: a small payment, then a large one of the card within ten minutes; a match ends all that are open. */
function expectedAlerts(payments: readonly CommittedMessage[]): Set<string> {
  const open = new Map<string, number[]>();
  const alerts = new Set<string>();
  for (const { value } of inOrder(payments)) {
    const { cardId, amount, ts } = JSON.parse(value) as {
      readonly cardId: string;
      readonly amount: number;
      readonly ts: number;
    };
    const probes = open.get(cardId) ?? [];
    if (amount < 5) open.set(cardId, [...probes, ts]);
    if (amount <= 500 || !probes.some((probe) => ts - probe < WITHIN_MS)) continue;
    alerts.add(`${cardId}@${ts}`);
    open.delete(cardId);
  }
  return alerts;
}

function inOrder(messages: readonly CommittedMessage[]): CommittedMessage[] {
  return messages.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
}

function verdictOn(payments: readonly CommittedMessage[], committed: readonly CommittedMessage[]): Verdict {
  const expected = expectedAlerts(payments);
  const found = new Map<string, CommittedMessage[]>();
  const latest = new Map<string, { readonly partition: number; readonly time: number }>();
  let disordered = 0;
  for (const message of inOrder(committed)) {
    const { key, value, partition } = message;
    const time = Date.parse((JSON.parse(value) as { readonly time: string }).time);
    const name = `${key}@${time}`;
    found.set(name, [...(found.get(name) ?? []), message]);
    const before = latest.get(key!);
    if (before !== undefined && (before.partition !== partition || before.time > time)) disordered++;
    latest.set(key!, { partition, time });
  }
  const missing = [...expected].filter((name) => !found.has(name));
  const foreign = [...found.keys()].filter((name) => !expected.has(name));
  const duplicated = [...found].filter(([, messages]) => messages.length > 1);
  for (const name of missing.slice(0, TOLD_MAX)) tell(`${name} is missing`);
  for (const name of foreign.slice(0, TOLD_MAX)) tell(`${name} is of no payments: ${found.get(name)![0]!.value}`);
  for (const [name, messages] of duplicated.slice(0, TOLD_MAX))
    tell(`${name} came as ${messages.map(({ id, partition, offset }) => `${id} (${partition}/${offset})`).join(', ')}`);
  return {
    payments: payments.length,
    expected: expected.size,
    missing: missing.length,
    duplicated: duplicated.reduce((sum, [, messages]) => sum + messages.length - 1, 0),
    foreign: foreign.length,
    disordered,
  };
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

const [brokers = '', payments = '', alerts = ''] = process.argv.slice(2);
const tools = await connectBrokers(brokers);
const verdict = verdictOn(await tools.committed(payments), await tools.committed(alerts));
await tools.close();
process.stdout.write(`${JSON.stringify(verdict)}\n`);
const { expected, missing, duplicated, foreign, disordered } = verdict;
if (expected === 0 || missing + duplicated + foreign + disordered > 0) process.exitCode = 1;
