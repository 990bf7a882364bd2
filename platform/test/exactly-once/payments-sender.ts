/**
 * Sends payments into a topic, so many a second, until it is told to finish: then a card that nobody else has comes last, whose alert
 * says that everything before it was read.
 *
 * Invariants
 * - What it sends is in the topic once, and in order, whatever becomes of the brokers meanwhile: it is the only one that writes there, so
 *   where the end of a partition lies says whether a batch arrived whose answer did not. kafkajs is let try none again, as it would
 *   send some twice (`transaction-line.ts`).
 */
import type { BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { payments } from '../kafka/cards.js';

type Producer = ReturnType<BrokerTools['kafka']['producer']>;
type Message = Parameters<BrokerTools['produce']>[1][number];

export const LAST_CARD = 'the-last-card';
const STEP_MS = 100;
const HOUR_MS = 3_600_000;
const AGAIN_MS = 200;
/** Longer than any broker is away. */
const PATIENCE_MS = 120_000;

export class PaymentsSender {
  #sent = 0;
  #isOver = false;
  #sending: Promise<void> = Promise.resolve();
  /** Of each partition, how many messages it holds. */
  readonly #ends: number[];

  private constructor(
    private readonly tools: BrokerTools,
    private readonly producer: Producer,
    private readonly topic: string,
    partitions: number,
  ) {
    this.#ends = Array.from({ length: partitions }, () => 0);
  }

  static async open(tools: BrokerTools, topic: string, partitions: number): Promise<PaymentsSender> {
    const producer = tools.kafka.producer({ maxInFlightRequests: 1, retry: { retries: 0 } });
    await producer.connect();
    return new PaymentsSender(tools, producer, topic, partitions);
  }

  get count(): number {
    return this.#sent;
  }

  start(perSecond: number): void {
    this.#sending = this.#send(perSecond);
    // Whoever finishes is told.
    this.#sending.catch(() => undefined);
  }

  async #send(perSecond: number): Promise<void> {
    const size = Math.ceil((perSecond * STEP_MS) / 1000);
    while (!this.#isOver) {
      await this.#put(payments(this.#sent, this.#sent + size));
      this.#sent += size;
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  }

  /** Rejects with what made sending impossible. */
  async finish(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#sending;
    const { ts } = JSON.parse(payments(this.#sent, this.#sent + 1)[0]!.value) as { readonly ts: number };
    const messages: Message[] = [payment(LAST_CARD, 1, ts), payment(LAST_CARD, 900, ts + 1)];
    await this.#put(messages);
    // In every partition event time is brought past them.
    for (const partition of this.#ends.keys())
      await this.#append(partition, [payment(`behind-${partition}`, 50, ts + HOUR_MS)]);
    await this.producer.disconnect();
  }

  /** Those of a card to one partition. */
  async #put(messages: readonly Message[]): Promise<void> {
    for (const partition of this.#ends.keys()) {
      const own = messages.filter(({ key }) => numberOf(String(key)) % this.#ends.length === partition);
      if (own.length > 0) await this.#append(partition, own);
    }
  }

  async #append(partition: number, messages: readonly Message[]): Promise<void> {
    const before = this.#ends[partition]!;
    const end = before + messages.length;
    const addressed = messages.map((message) => ({ ...message, partition }));
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        await this.producer.send({ topic: this.topic, messages: addressed });
        break;
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
      const found = await this.#endOf(partition);
      if (found === end) break;
      if (found !== before) throw new Error(`partition ${partition} ends at ${found}, not at ${before} or ${end}`);
    }
    this.#ends[partition] = end;
  }

  async #endOf(partition: number): Promise<number> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      const offsets = await this.tools.admin.fetchTopicOffsets(this.topic).catch(() => []);
      const found = offsets.find((each) => each.partition === partition);
      if (found !== undefined) return Number(found.high);
    }
  }
}

/** Of `card-7`: 7; of other cards 0. */
function numberOf(card: string): number {
  return Number(/^card-(\d+)$/.exec(card)?.[1] ?? 0);
}

function payment(cardId: string, amount: number, ts: number): Message {
  return { key: cardId, value: JSON.stringify({ cardId, amount, ts }) };
}
