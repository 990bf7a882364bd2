/**
 * The coordinator of transactions, as Apache Kafka's before the second version of its protocol (which kafkajs speaks).
 *
 * Invariants
 * - Initialising a transactional id raises its epoch; what was open is aborted first, and whoever asks is told to come again.
 * - A transaction that is open for longer than its timeout is aborted, and its producer fenced.
 * - An end whose markers would go out while the brokers start reaches no partition (KAFKA-20734, seen on Apache Kafka 4.3.1): what they
 *   have stays open, as a part of the id's next transaction.
 * - The end of a transaction is decided at one instant. Its markers reach partitions and groups later, each in its own time; until
 *   the last has, the id takes nothing new.
 */
import type { TransitionCoverage } from '../kernel/transition-coverage.js';
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import { answered, OK, type BrokerAnswer } from './broker-request.js';
import { TRANSACTION_TRANSITIONS, type TransactionState } from './transaction-states.js';

/** What a marker goes to: a partition, or the offsets of a group. */
export interface Participant {
  end(id: string, epoch: number, commit: boolean): void;
}

interface Transaction {
  epoch: number;
  state: TransactionState;
  timeoutMs: number;
  /** Virtual time of its beginning. */
  since: number;
  participants: Set<Participant>;
  cancelTimeout: (() => void) | undefined;
}

export interface CoordinatorParts {
  readonly kernel: Kernel;
  readonly random: SeededRandom;
  readonly coverage: TransitionCoverage;
  /** Told of every transaction that is about to be committed. */
  committing(id: string): void;
  /** Factor on what its markers take. */
  slowness(): number;
  /** Whether no partition has a leader. */
  isAway(): boolean;
}

const MARKER_MS = { min: 0.3, max: 40 };

export class TransactionCoordinator {
  readonly #transactions = new Map<string, Transaction>();

  constructor(private readonly parts: CoordinatorParts) {}

  initProducer(id: string, timeoutMs: number): BrokerAnswer {
    let transaction = this.#transactions.get(id);
    if (transaction === undefined) {
      const participants = new Set<Participant>();
      transaction = { epoch: -1, state: 'empty', timeoutMs, since: 0, participants, cancelTimeout: undefined };
      this.#transactions.set(id, transaction);
    }
    if (transaction.state === 'ongoing') this.#fence(id, transaction);
    if (isEnding(transaction)) return answered('CONCURRENT_TRANSACTIONS');
    transaction.epoch++;
    transaction.timeoutMs = timeoutMs;
    return { ok: true, value: transaction.epoch };
  }

  /** They take part from now on. */
  add(id: string, epoch: number, participants: readonly Participant[]): BrokerAnswer {
    const transaction = this.#transactions.get(id);
    if (transaction?.epoch !== epoch) return answered('INVALID_PRODUCER_EPOCH');
    if (isEnding(transaction)) return answered('CONCURRENT_TRANSACTIONS');
    if (transaction.state !== 'ongoing') this.#begin(id, transaction);
    for (const participant of participants) transaction.participants.add(participant);
    return OK;
  }

  end(id: string, epoch: number, commit: boolean): BrokerAnswer {
    const transaction = this.#transactions.get(id);
    if (transaction?.epoch !== epoch) return answered('INVALID_PRODUCER_EPOCH');
    if (isEnding(transaction)) return answered('CONCURRENT_TRANSACTIONS');
    if (transaction.state === 'ongoing') this.#end(id, transaction, commit);
    // Repeating the end of a transaction is no error.
    else if (transaction.state !== (commit ? 'complete-commit' : 'complete-abort'))
      return answered('INVALID_TXN_STATE');
    return OK;
  }

  /** Transactional ids with an open transaction, and since when. */
  open(): { readonly id: string; readonly since: number }[] {
    return [...this.#transactions]
      .filter(([, { state }]) => state === 'ongoing')
      .map(([id, { since }]) => ({ id, since }));
  }

  /** Whether the end of any transaction is decided, and not yet told to all its partitions. */
  get isEnding(): boolean {
    return [...this.#transactions.values()].some(isEnding);
  }

  #begin(id: string, transaction: Transaction): void {
    this.#become(transaction, 'ongoing');
    const { kernel } = this.parts;
    transaction.since = kernel.now;
    transaction.participants = new Set();
    transaction.cancelTimeout = kernel.schedule(transaction.timeoutMs, () => {
      kernel.trace.line(kernel.now, 'broker', `${id} times out`);
      this.#fence(id, transaction);
    });
  }

  #fence(id: string, transaction: Transaction): void {
    transaction.epoch++;
    this.#end(id, transaction, false);
  }

  #end(id: string, transaction: Transaction, commit: boolean): void {
    const { kernel, random, committing, slowness, isAway } = this.parts;
    transaction.cancelTimeout?.();
    if (commit) committing(id);
    this.#become(transaction, commit ? 'prepare-commit' : 'prepare-abort');
    let left = transaction.participants.size;
    let isTold: boolean | undefined;
    const { epoch } = transaction;
    for (const participant of transaction.participants) {
      kernel.schedule(random.between(MARKER_MS.min, MARKER_MS.max) * slowness(), () => {
        isTold ??= !isAway();
        if (isTold) participant.end(id, epoch, commit);
        if (--left === 0) this.#become(transaction, commit ? 'complete-commit' : 'complete-abort');
      });
    }
  }

  #become(transaction: Transaction, state: TransactionState): void {
    this.parts.coverage.visit('transaction', TRANSACTION_TRANSITIONS, transaction.state, state);
    transaction.state = state;
  }
}

function isEnding({ state }: Transaction): boolean {
  return state === 'prepare-commit' || state === 'prepare-abort';
}
