/**
 * A sink that writes exactly once into the simulated broker: an epoch's records are staged in the checkpoint, and sent in
 * one transaction together with a marker that says up to which epoch this subtask's output is there.
 *
 * Invariants
 * - A committer first initialises its producers, which fences its predecessors, and only then reads the markers.
 * - An epoch at or below its subtask's marker is never sent again. Epochs of one subtask are sent in rising order.
 * - After any failure of a commit the producer's state is unknown: the committer is thrown away with its attempt.
 */
import type {
  Committer,
  OutgoingRecord,
  RestoredEpochs,
  Sink,
  SinkSubtask,
  SinkWriter,
  StagedEpoch,
  WriterOptions,
} from '@tidegate/connectors/api';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { Broker, BrokerAnswer, BrokerRequest } from './broker.js';

const TRANSACTION_TIMEOUT_MS = 900;
const RETRY_MS = 7;
const RECORDS_PER_REQUEST = 16;

const decoder = new TextDecoder();

export class BrokerSink implements Sink {
  readonly deliveries = ['none', 'at-least-once', 'exactly-once'] as const;

  constructor(
    private readonly broker: Broker,
    private readonly process: SimulatedProcess,
    /** Common to all subtasks of the sink. */
    private readonly prefix: string,
  ) {}

  createWriter(options: WriterOptions): SinkWriter {
    return new StagingWriter(options);
  }

  createCommitter({ subtask }: SinkSubtask): Committer {
    return new TransactionalCommitter(
      subtask,
      this.prefix,
      (request) => this.#request(request),
      () => this.#pause(),
    );
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.process.schedule(RETRY_MS, resolve);
    });
  }

  #request(request: BrokerRequest): Promise<BrokerAnswer> {
    return new Promise((resolve) => this.broker.request(this.process, request, resolve));
  }
}

/** Collects an epoch's records, each a line. */
class StagingWriter implements SinkWriter {
  #records: string[] = [];

  constructor(readonly options: WriterOptions) {}

  write(record: OutgoingRecord): void {
    this.#records.push(typeof record.payload === 'string' ? record.payload : decoder.decode(record.payload));
  }

  ready(): boolean {
    return true;
  }

  stage(): Uint8Array {
    const staged = Buffer.from(this.#records.join('\n'));
    this.#records = [];
    return staged;
  }

  onReady(): void {
    // Always ready.
  }

  async flush(): Promise<void> {
    // The records are in the staged bytes.
  }

  async close(): Promise<void> {
    // Holds nothing outside.
  }
}

class TransactionalCommitter implements Committer {
  /** Epochs of the producers that this committer initialised, by subtask. */
  readonly #producers = new Map<number, number>();
  /** Up to which epoch a subtask's output is there. */
  readonly #markers = new Map<number, number>();

  constructor(
    private readonly subtask: number,
    private readonly prefix: string,
    private readonly ask: (request: BrokerRequest) => Promise<BrokerAnswer>,
    private readonly pause: () => Promise<void>,
  ) {}

  async recover(restored: RestoredEpochs | undefined): Promise<void> {
    const staged = restored?.staged ?? [];
    const subtasks = new Set([this.subtask, ...staged.map(({ subtask }) => subtask)]);
    for (const subtask of subtasks) await this.#initProducer(subtask);
    for (const subtask of subtasks) {
      this.#markers.set(subtask, await this.#must({ op: 'fetch-offset', group: this.#name(subtask) }));
      const epochs = staged.filter((epoch) => epoch.subtask === subtask);
      for (const epoch of epochs.sort((a, b) => a.epoch - b.epoch)) await this.commit(epoch);
    }
  }

  async commit(epoch: StagedEpoch): Promise<void> {
    if (epoch.epoch <= this.#markers.get(epoch.subtask)!) return;
    await this.#send(epoch);
    this.#markers.set(epoch.subtask, epoch.epoch);
  }

  async close(): Promise<void> {
    // The next one fences this one.
  }

  #name(subtask: number): string {
    return `${this.prefix}-${subtask}`;
  }

  async #initProducer(subtask: number): Promise<void> {
    const epoch = await this.#must({ op: 'init-producer', id: this.#name(subtask), timeoutMs: TRANSACTION_TIMEOUT_MS });
    this.#producers.set(subtask, epoch);
  }

  async #send({ subtask, epoch, staged }: StagedEpoch): Promise<void> {
    const id = this.#name(subtask);
    const producer = { id, epoch: this.#producers.get(subtask)! };
    const records = decoder.decode(staged).split('\n');
    for (let i = 0; i < records.length; i += RECORDS_PER_REQUEST) {
      await this.#must({ op: 'produce', ...producer, records: records.slice(i, i + RECORDS_PER_REQUEST) });
    }
    await this.#must({ op: 'send-offset', ...producer, group: id, offset: epoch });
    await this.#must({ op: 'end-transaction', ...producer, commit: true });
  }

  /**
   * Asks again while an earlier transaction is ending, and where a second request does no harm; anything else is the end
   * of this committer.
   */
  async #must(request: BrokerRequest): Promise<number> {
    const repeatable = request.op === 'init-producer' || request.op === 'fetch-offset';
    for (;;) {
      const answer = await this.ask(request);
      if (answer.ok) return answer.value;
      const again = answer.code === 'concurrent-transactions' || (repeatable && answer.code === 'disconnected');
      if (!again) throw new Error(`${request.op}: ${answer.code}`);
      await this.pause();
    }
  }
}
