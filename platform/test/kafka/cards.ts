/** The card-testing rule from one topic to another, and what a reader of committed data must find in the end. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerTools, CommittedMessage } from '@tidegate/connectors/services/broker-tools';
import { Child, type Finished } from '../applications/child.js';

const CARDS = 41;
const BATCH = 2_000;

export interface CardsOptions {
  readonly brokers: string;
  readonly payments: string;
  readonly alerts: string;
  readonly parallelism?: number;
  readonly delivery?: 'exactly-once' | 'at-least-once';
  /** Of the ingress, besides ours. */
  readonly ingress?: string;
  /** Of the egress, besides ours. */
  readonly egress?: string;
  /** Another egress for the same alerts, perhaps in another cluster. */
  readonly copies?: { readonly brokers: string; readonly topic: string };
  /** Parallelism of the egress. */
  readonly writers?: number;
  readonly restart?: string;
  /** Of the settings, in YAML's flow style. */
  readonly checkpoint?: string;
}

export function cardsApplication(options: CardsOptions): string {
  const { brokers, payments, alerts, copies, parallelism = 2, delivery = 'exactly-once' } = options;
  return `name: cards
settings:
  parallelism: ${parallelism}
  checkpoint: ${options.checkpoint ?? '{ interval: 100ms }'}
  restart: ${options.restart ?? 'none'}
ingresses:
  payments:
    kafka:
      brokers: ${brokers}
      topics: ${payments}
      ${options.ingress ?? 'end: latest'}
    schema: { cardId: string, amount: double, ts: timestamp }
    time: { field: ts, format: epoch-millis, maxOutOfOrderness: 5s }
rules:
  card-testing:
    from: payments
    key: cardId
    pattern:
      within: 10m
      skip: pastLastEvent
      steps:
        - begin: probe
          where: amount < 5
        - followedBy: cashout
          where: amount > 500
    to: ${copies === undefined ? 'alerts' : '[alerts, copies]'}
egresses:
  alerts:
    kafka:
      brokers: ${brokers}
      topic: ${alerts}
      ${options.egress ?? ''}
    delivery: ${delivery}
    parallelism: ${options.writers ?? 1}
${copies === undefined ? '' : `  copies: { kafka: { brokers: "${copies.brokers}", topic: ${copies.topic} }, delivery: ${delivery} }\n`}`;
}

/** Puts payments into a new topic. @returns its name */
export async function producePayments(tools: BrokerTools, count: number, partitions = 2): Promise<string> {
  const topic = await tools.createTopic(partitions);
  for (let at = 0; at < count; at += BATCH) await tools.produce(topic, payments(at, Math.min(count, at + BATCH)));
  return topic;
}

export function payments(from: number, to: number): { readonly key: string; readonly value: string }[] {
  return Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    const cardId = `card-${n % CARDS}`;
    const amount = n % 13 === 0 ? 900 : n % 7 === 0 ? 1 : 50;
    return { key: cardId, value: JSON.stringify({ cardId, amount, ts: 1_700_000_000_000 + n * 100 }) };
  });
}

/** A folder with the application, started in it as often as need be. */
export class CardsRun {
  constructor(
    private readonly folder: string,
    options: CardsOptions,
  ) {
    writeFileSync(join(folder, 'application.yaml'), cardsApplication(options));
  }

  /** @param failpoint at which it dies, as TIDEGATE_FAIL takes it @param env variables besides ours */
  start(failpoint?: string, env: Readonly<Record<string, string>> = {}): Child {
    const dies = failpoint === undefined ? {} : { TIDEGATE_FAIL: failpoint };
    return new Child(['run'], { cwd: this.folder, input: '', env: { ...dies, ...env } });
  }

  async complete(): Promise<Finished> {
    const finished = await this.start().finished;
    assert.equal(finished.exitCode, 0, finished.err);
    return finished;
  }
}

/** Ids in the order of the topic, by key. */
export function idsByKey(messages: readonly CommittedMessage[]): Record<string, string[]> {
  const ids: Record<string, string[]> = {};
  for (const { key, id } of messages.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset))
    (ids[key!] ??= []).push(id!);
  return ids;
}
