/**
 * The transactional ids of an egress, as its brokers know them, for who looks after a job that does not come back.
 *
 * Invariants
 * - An id is the egress's if its state folder names it, or if it is made of the egress's prefix as our names are.
 * - What is aborted is fenced as well. Nothing is lost to it: what an epoch holds is in its checkpoint, and the marker says whether
 *   it was sent.
 */
import { ConnectorError, type SinkTransactions, type TransactionStatus } from '../../api/index.js';
import type { LineNames } from '../../staging/line-names.js';
import type { KafkaClient } from '../client.js';
import { UNKNOWN_HISTORY, type TransactionLine } from '../transaction-line.js';
import { BrokerConnections } from './broker-connections.js';
import { describeTransactions, listTransactions, type DescribedTransaction } from './requests.js';

/** Kafka's codes: who coordinates is just being found out. */
const PASSING = new Set([14, 15, 16]);
/** Nobody has used the id, or not for a week. */
const UNKNOWN_ID = 105;
const TRIES = 50;
const PAUSE_MS = 100;
const OPEN = new Set(['Ongoing', 'PrepareCommit', 'PrepareAbort', 'PrepareEpochFence']);

export interface KafkaTransactionsParts {
  readonly client: KafkaClient;
  readonly prefix: string;
  readonly names: LineNames;
  lineOf(id: string): TransactionLine;
}

export class KafkaTransactions implements SinkTransactions {
  constructor(private readonly parts: KafkaTransactionsParts) {}

  async list(): Promise<readonly TransactionStatus[]> {
    const named = new Set((await this.parts.names.list()).values());
    const described = await this.parts.client.brokers((brokers) => this.#describe(brokers, named));
    const all = described.map(async ({ id, state, timeoutMs, startedAt }): Promise<TransactionStatus> => {
      const isOpen = OPEN.has(state);
      const since = isOpen && startedAt >= 0 ? { startedAt } : {};
      const committed = (await this.parts.lineOf(id).readMarker()) ?? 0;
      return { id, state, isOpen, timeoutMs, ...since, committed, isNamed: named.has(id) };
    });
    // Brokers remember for a week which ids there were: what is closed and nobody's is of no use.
    return (await Promise.all(all)).filter(({ isOpen, isNamed }) => isOpen || isNamed);
  }

  async abort(id: string): Promise<void> {
    const line = this.parts.lineOf(id);
    try {
      await line.open(UNKNOWN_HISTORY);
    } finally {
      await line.close();
    }
  }

  async #describe(brokers: BrokerConnections, named: ReadonlySet<string>): Promise<readonly DescribedTransaction[]> {
    const listed = await this.#again(async () => {
      const answers = await brokers.askAll(listTransactions());
      this.#assertGood(answers.map(({ errorCode }) => errorCode));
      return answers.flatMap(({ transactions }) => transactions.map(({ id }) => id));
    });
    const ids = [...new Set([...named, ...listed.filter((id) => this.#isOurs(id))])].toSorted();
    const described = ids.map((id) =>
      this.#again(async () => {
        const found = await brokers.askCoordinator(id, describeTransactions([id]));
        this.#assertGood(found.map(({ errorCode }) => errorCode).filter((code) => code !== UNKNOWN_ID));
        return found.filter(({ errorCode }) => errorCode === 0);
      }),
    );
    return (await Promise.all(described)).flat();
  }

  /** Made of a prefix, a subtask and a part by chance. */
  #isOurs(id: string): boolean {
    const { prefix } = this.parts;
    return id.startsWith(`${prefix}-`) && /^\d+-[0-9a-z]+$/.test(id.slice(prefix.length + 1));
  }

  async #again<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (tries === TRIES || !(error instanceof ConnectorError && error.retriable)) throw error;
      }
      await this.parts.client.pause(PAUSE_MS);
    }
  }

  #assertGood(codes: readonly number[]): void {
    const bad = codes.find((code) => code !== 0);
    if (bad === undefined) return;
    throw new ConnectorError(
      PASSING.has(bad) ? 'unavailable' : 'refused',
      `${this.parts.client.subject}: a broker does not tell of transactions (error ${bad} of Kafka's protocol)`,
      { retriable: PASSING.has(bad) },
    );
  }
}
