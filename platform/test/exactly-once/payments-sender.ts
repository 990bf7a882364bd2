/**
 * Sends payments into a topic, so many a second, until it is told to finish: then a card that nobody else has comes last, whose alert
 * says that everything before it was read.
 *
 * Invariants
 * - What it sends is in the topic once, and in order, whatever becomes of the brokers meanwhile.
 */
import type { BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { payments } from '../kafka/cards.js';

type Producer = ReturnType<BrokerTools['kafka']['producer']>;
type Message = Parameters<BrokerTools['produce']>[1][number];

export const LAST_CARD = 'the-last-card';
const STEP_MS = 100;
const HOUR_MS = 3_600_000;
/** Longer than any broker is away. */
const RETRY = { initialRetryTime: 50, maxRetryTime: 1000, retries: 1000 };

export class PaymentsSender {
  #sent = 0;
  #isOver = false;
  #sending: Promise<void> = Promise.resolve();

  private constructor(
    private readonly producer: Producer,
    private readonly topic: string,
    private readonly partitions: number,
  ) {}

  static async open({ kafka }: BrokerTools, topic: string, partitions: number): Promise<PaymentsSender> {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: RETRY });
    await producer.connect();
    return new PaymentsSender(producer, topic, partitions);
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
      await this.producer.send({ topic: this.topic, messages: payments(this.#sent, this.#sent + size) });
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
    // In every partition event time is brought past them.
    for (let partition = 0; partition < this.partitions; partition++)
      messages.push({ ...payment(`behind-${partition}`, 50, ts + HOUR_MS), partition });
    await this.producer.send({ topic: this.topic, messages });
    await this.producer.disconnect();
  }
}

function payment(cardId: string, amount: number, ts: number): Message {
  return { key: cardId, value: JSON.stringify({ cardId, amount, ts }) };
}
