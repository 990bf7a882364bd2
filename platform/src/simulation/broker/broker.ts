/**
 * A model of a broker with transactions, as measured on Apache Kafka: one log of records, transactional producers with
 * epochs, offsets that are committed with a transaction, and readers that see committed records only.
 *
 * Invariants
 * - Initialising a transactional id raises its epoch, aborts what was open, and fences every older producer.
 * - A transaction that is open for longer than its timeout is aborted and its producer fenced.
 * - The end of a transaction is decided at one instant and visible a little later: an offset that is read in between is
 *   the old one. A reader never sees beyond the first open transaction (the last stable offset).
 */
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { TransitionCoverage } from '../kernel/transition-coverage.js';
import { TRANSACTION_TRANSITIONS, type TransactionState } from './transaction-states.js';

export type BrokerRequest =
  | { readonly op: 'init-producer'; readonly id: string; readonly timeoutMs: number }
  | { readonly op: 'produce'; readonly id: string; readonly epoch: number; readonly records: readonly string[] }
  /** Part of the open transaction. */
  | {
      readonly op: 'send-offset';
      readonly id: string;
      readonly epoch: number;
      readonly group: string;
      readonly offset: number;
    }
  | { readonly op: 'end-transaction'; readonly id: string; readonly epoch: number; readonly commit: boolean }
  | { readonly op: 'fetch-offset'; readonly group: string };

export type BrokerAnswer =
  /** `value`: the producer's epoch, or an offset (-1: none). */
  { readonly ok: true; readonly value: number } | { readonly ok: false; readonly code: BrokerErrorCode };

/** After `disconnected` the outcome is unknown. */
export type BrokerErrorCode = 'invalid-producer-epoch' | 'concurrent-transactions' | 'disconnected';

export interface BrokerWeather {
  /** Nobody answers. */
  down: boolean;
  /** Probability that a request's answer is lost. */
  disconnects: number;
  slowness: number;
}

interface Transaction {
  epoch: number;
  state: TransactionState;
  timeoutMs: number;
  /** Virtual time of the first record. */
  since: number;
  offsets: Map<string, number>;
  cancelTimeout: (() => void) | undefined;
  /** Of this id, which transaction it is; rises. */
  number: number;
}

interface LogRecord {
  readonly value: string;
  readonly transaction: string;
}

const LATENCY_MS = { min: 0.2, max: 3 };
const COMPLETION_MS = { min: 0.5, max: 40 };

export class Broker {
  readonly weather: BrokerWeather = { down: false, disconnects: 0, slowness: 1 };
  /** Told of every offset whose transaction is about to be committed. */
  onCommit: (group: string, offset: number) => void = () => undefined;
  readonly #transactions = new Map<string, Transaction>();
  readonly #offsets = new Map<string, number>();
  readonly #log: LogRecord[] = [];
  /** Up to where the log holds no open transaction. */
  #read = 0;
  readonly #committed: string[] = [];
  readonly #outcomes = new Map<string, 'open' | 'committed' | 'aborted'>();

  constructor(
    private readonly kernel: Kernel,
    private readonly random: SeededRandom,
    private readonly coverage: TransitionCoverage,
  ) {}

  /** @param answer called in the process that asked, if it still lives */
  request(from: SimulatedProcess, request: BrokerRequest, answer: (answer: BrokerAnswer) => void): void {
    const { incarnation } = from;
    this.kernel.schedule(this.#latency(), () => {
      const reached = !this.weather.down;
      const result = reached ? this.#apply(request) : DISCONNECTED;
      const lost = this.random.chance(this.weather.disconnects);
      this.kernel.trace.line(
        this.kernel.now,
        'broker',
        `${from.name} ${describe(request)}: ${describeAnswer(result, lost)}`,
      );
      this.kernel.schedule(this.#latency(), () => {
        if (from.incarnation === incarnation) from.enter(() => answer(lost ? DISCONNECTED : result));
      });
    });
  }

  /** What a read_committed reader sees: what it saw before, and behind that what has become visible since. */
  committed(): readonly string[] {
    for (; this.#read < this.#log.length; this.#read++) {
      const { value, transaction } = this.#log[this.#read]!;
      const outcome = this.#outcomes.get(transaction);
      if (outcome === 'open') break;
      if (outcome === 'committed') this.#committed.push(value);
    }
    return this.#committed;
  }

  /** Transactional ids with an open transaction, and since when. */
  open(): { readonly id: string; readonly since: number }[] {
    return [...this.#transactions]
      .filter(([, { state }]) => state === 'ongoing')
      .map(([id, { since }]) => ({ id, since }));
  }

  #latency(): number {
    return this.random.between(LATENCY_MS.min, LATENCY_MS.max) * this.weather.slowness;
  }

  #apply(request: BrokerRequest): BrokerAnswer {
    if (request.op === 'fetch-offset') return { ok: true, value: this.#offsets.get(request.group) ?? -1 };
    if (request.op === 'init-producer') return this.#initProducer(request.id, request.timeoutMs);
    const transaction = this.#transactions.get(request.id);
    if (transaction === undefined || transaction.epoch !== request.epoch) return failed('invalid-producer-epoch');
    if (isEnding(transaction)) return failed('concurrent-transactions');
    switch (request.op) {
      case 'produce':
        this.#begin(request.id, transaction);
        for (const value of request.records) this.#log.push({ value, transaction: nameOf(request.id, transaction) });
        return OK;
      case 'send-offset':
        this.#begin(request.id, transaction);
        transaction.offsets.set(request.group, request.offset);
        return OK;
      case 'end-transaction':
        // Repeating the end of a transaction is no error.
        if (transaction.state === 'ongoing') this.#end(request.id, transaction, request.commit);
        return OK;
    }
  }

  #initProducer(id: string, timeoutMs: number): BrokerAnswer {
    let transaction = this.#transactions.get(id);
    if (transaction === undefined) {
      transaction = {
        epoch: -1,
        state: 'empty',
        timeoutMs,
        since: 0,
        offsets: new Map(),
        cancelTimeout: undefined,
        number: 0,
      };
      this.#transactions.set(id, transaction);
    }
    if (isEnding(transaction)) return failed('concurrent-transactions');
    if (transaction.state === 'ongoing') {
      transaction.epoch++;
      this.#end(id, transaction, false);
      return failed('concurrent-transactions');
    }
    transaction.epoch++;
    transaction.timeoutMs = timeoutMs;
    return { ok: true, value: transaction.epoch };
  }

  #begin(id: string, transaction: Transaction): void {
    if (transaction.state === 'ongoing') return;
    this.#become(transaction, 'ongoing');
    transaction.number++;
    transaction.since = this.kernel.now;
    transaction.offsets = new Map();
    this.#outcomes.set(nameOf(id, transaction), 'open');
    transaction.cancelTimeout = this.kernel.schedule(transaction.timeoutMs, () => {
      this.kernel.trace.line(this.kernel.now, 'broker', `${id} times out`);
      transaction.epoch++;
      this.#end(id, transaction, false);
    });
  }

  #end(id: string, transaction: Transaction, commit: boolean): void {
    transaction.cancelTimeout?.();
    if (commit) for (const [group, offset] of transaction.offsets) this.onCommit(group, offset);
    this.#become(transaction, commit ? 'prepare-commit' : 'prepare-abort');
    this.kernel.schedule(this.random.between(COMPLETION_MS.min, COMPLETION_MS.max), () => {
      this.#become(transaction, commit ? 'complete-commit' : 'complete-abort');
      this.#outcomes.set(nameOf(id, transaction), commit ? 'committed' : 'aborted');
      if (commit) for (const [group, offset] of transaction.offsets) this.#offsets.set(group, offset);
    });
  }

  #become(transaction: Transaction, state: TransactionState): void {
    this.coverage.visit('transaction', TRANSACTION_TRANSITIONS, transaction.state, state);
    transaction.state = state;
  }
}

const OK: BrokerAnswer = { ok: true, value: 0 };
const DISCONNECTED: BrokerAnswer = { ok: false, code: 'disconnected' };

function failed(code: BrokerErrorCode): BrokerAnswer {
  return { ok: false, code };
}

function isEnding({ state }: Transaction): boolean {
  return state === 'prepare-commit' || state === 'prepare-abort';
}

function nameOf(id: string, { number }: Transaction): string {
  return `${id}#${number}`;
}

function describe(request: BrokerRequest): string {
  const epoch = 'epoch' in request ? ` epoch ${request.epoch}` : '';
  const whom = 'id' in request ? request.id : request.group;
  return `${request.op} ${whom}${epoch}`;
}

function describeAnswer(answer: BrokerAnswer, lost: boolean): string {
  return `${answer.ok ? answer.value : answer.code}${lost ? ' (answer lost)' : ''}`;
}
