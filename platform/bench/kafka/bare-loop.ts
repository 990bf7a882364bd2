/**
 * What the library alone can do: a kafkajs consumer whose messages are parsed, or only counted, and matched by a loop that a
 * program would hold for the rule; the alerts go out by its producer. Neither time nor faults are thought of.
 */
import { randomUUID } from 'node:crypto';
import type { Card } from '@tidegate/cep/bench/events';
import type { BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { CARDS } from './cards-to-alerts.js';

export interface BareRun {
  readonly seconds: number;
  readonly cpuMicros: number;
  readonly matches: number;
}

const WITHIN_MS = 600_000;
const FETCH_BYTES = 1024 * 1024;

/** @param count of all cards @param parses whether the values are looked at */
export async function bareLoop(tools: BrokerTools, count: number, alerts: string, parses: boolean): Promise<BareRun> {
  const consumer = tools.kafka.consumer({ groupId: randomUUID(), maxBytesPerPartition: FETCH_BYTES });
  const producer = tools.kafka.producer();
  await Promise.all([consumer.connect(), producer.connect()]);
  await consumer.subscribe({ topics: [CARDS], fromBeginning: true });
  const rule = new HandWrittenRule();
  let read = 0;
  let begun: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;
  const ended = new Promise<BareRun>((resolve, reject) => {
    void consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch: { messages } }) => {
          begun ??= { at: performance.now(), cpu: process.cpuUsage() };
          read += messages.length;
          const found = parses ? messages.flatMap(({ value }) => rule.take(JSON.parse(value!.toString()) as Card)) : [];
          if (found.length > 0) await producer.send({ topic: alerts, messages: found.map((value) => ({ value })) });
          if (read < count) return;
          const { user, system } = process.cpuUsage(begun.cpu);
          const seconds = (performance.now() - begun.at) / 1000;
          resolve({ seconds, cpuMicros: user + system, matches: rule.matches });
        },
      })
      .catch(reject);
  });
  const run = await ended;
  await Promise.all([consumer.disconnect(), producer.disconnect()]);
  return run;
}

/** A small amount, then a large one of the same card, within ten minutes; each small one that is open ends with the match. */
class HandWrittenRule {
  matches = 0;
  readonly #small = new Map<number, number[]>();

  take({ cardId, amount, ts }: Card): string[] {
    const open = this.#small.get(cardId);
    if (amount < 5) {
      if (open === undefined) this.#small.set(cardId, [ts]);
      else open.push(ts);
    }
    if (amount <= 500 || open === undefined) return [];
    this.#small.delete(cardId);
    if (!open.some((small) => ts - small < WITHIN_MS)) return [];
    this.matches++;
    return [JSON.stringify({ cardId, ts })];
  }
}
