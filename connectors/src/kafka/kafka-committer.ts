/**
 * The committer of a topic: it sends each staged epoch in one transaction, with its number as the marker.
 *
 * Invariants
 * - Whether a restored epoch was sent is asked of the line that it was staged for, which is fenced first: also where it comes
 *   from another job's savepoint, and where an earlier attempt is only taken for dead.
 * - Numbers of one line only rise. Where they might not (a start from the beginning, a job that goes back), a new line begins.
 * - A marker that is gone, or stands where it cannot, stops the job: epochs are neither sent twice nor left out in silence.
 */
import {
  ConnectorError,
  type Committer,
  type ConnectorContext,
  type RestoredEpochs,
  type SinkSubtask,
  type StagedEpoch,
} from '../api/index.js';
import { encodeStaged } from '../staging/staged-bytes.js';
import { SIDE_SUFFIX } from '../staging/epoch-stage.js';
import { gathered, type Blocks, type SideFiles } from '../staging/side-files.js';
import type { LineNames } from '../staging/line-names.js';
import { decodeMessages, messagesIn, type StagedMessages } from './staged-messages.js';
import type { TopicMessages } from './topic-messages.js';
import type { TransactionLine } from './transaction-line.js';

/** The line in work: its writer says of each epoch that it belongs there. */
export interface CurrentLine {
  name: string | undefined;
  committed: number;
}

export interface KafkaCommitterOptions extends SinkSubtask {
  readonly topic: string;
  /** Whether Kafka's timestamps are event times. */
  readonly keepsTime: boolean;
  readonly names: LineNames;
  readonly sides: SideFiles;
  readonly current: CurrentLine;
  readonly context: ConnectorContext;
  lineOf(name: string): TransactionLine;
  findTopic(): Promise<TopicMessages>;
}

interface Epoch {
  readonly epoch: number;
  readonly description: StagedMessages;
  /** Undefined where they are gone. */
  blocks(): Promise<Blocks | undefined>;
}

export class KafkaCommitter implements Committer {
  #line: TransactionLine | undefined;
  #topic: TopicMessages | undefined;

  constructor(private readonly options: KafkaCommitterOptions) {}

  async recover(restored: RestoredEpochs | undefined): Promise<void> {
    const { names, context, current, subtask } = this.options;
    this.#topic = await this.options.findTopic();
    const own = await this.#ownNames();
    const staged = (restored?.staged ?? []).map((epoch) => this.#read(epoch));
    for (const name of new Set([...own.values(), ...staged.map(({ description }) => description.line)])) {
      const epochs = staged.filter(({ description }) => description.line === name);
      await this.#settle(name, epochs, restored);
    }
    context.failpoint?.('kafkaSink.midRecover');
    const begins = restored === undefined || restored.rewound;
    for (const other of own.keys()) if (other !== subtask || begins) await names.remove(other);
    await this.#removeSides();
    current.name = await names.create(subtask);
    await this.#line?.close();
    this.#line = this.options.lineOf(current.name);
    current.committed = await this.#line.open();
  }

  async commit(epoch: StagedEpoch): Promise<void> {
    if (this.#line === undefined || this.#topic === undefined)
      throw new Error('a committer recovers before it commits');
    const { context, current, sides } = this.options;
    const { description, blocks } = this.#read(epoch);
    context.failpoint?.('kafkaSink.beforeCommit');
    await this.#send(this.#line, epoch.epoch, await blocks());
    current.committed = Math.max(current.committed, epoch.epoch);
    context.failpoint?.('kafkaSink.afterCommit');
    if (description.side !== undefined) await sides.remove(description.side);
  }

  async embed(epoch: StagedEpoch): Promise<StagedEpoch> {
    const { description, blocks } = this.#read(epoch);
    const content = description.side === undefined ? undefined : await blocks();
    // Without its side file it has been committed in the meantime, and the marker says so.
    if (content === undefined) return epoch;
    const { side: _, ...inline } = description;
    return { ...epoch, staged: encodeStaged(inline, await gathered(content)) };
  }

  async close(): Promise<void> {
    await this.#line?.close();
  }

  /** Those of the subtasks that this one stands for. */
  async #ownNames(): Promise<ReadonlyMap<number, string>> {
    const { names, subtask, parallelism } = this.options;
    return new Map([...(await names.list())].filter(([other]) => other % parallelism === subtask));
  }

  /** Sends what is restored of a line and was not sent; aborts what was left open in it. */
  async #settle(name: string, epochs: readonly Epoch[], restored: RestoredEpochs | undefined): Promise<void> {
    const line = this.options.lineOf(name);
    try {
      const marker = await line.open();
      if (restored !== undefined && !restored.rewound) this.#assertNotAhead(name, marker, restored.epoch);
      for (const { epoch, description, blocks } of epochs.toSorted((left, right) => left.epoch - right.epoch)) {
        if (marker < description.committed) throw this.#lost(description, marker);
        if (epoch > line.marker) await this.#send(line, epoch, await blocks());
      }
    } finally {
      await line.close();
    }
  }

  #assertNotAhead(name: string, marker: number, epoch: number): void {
    if (marker <= epoch) return;
    throw new ConnectorError(
      'corrupt',
      `egress ${this.options.context.name}: the topic holds the alerts of checkpoint ${marker} (marker of group ${name}), but the job goes on from checkpoint ${epoch}: it would send some of them twice. Go on from the latest checkpoint, or start with --from or --fresh to send them anew.`,
    );
  }

  #lost({ line, committed }: StagedMessages, marker: number): ConnectorError {
    return new ConnectorError(
      'corrupt',
      `egress ${this.options.context.name}: the marker of group ${line} is ${marker === 0 ? 'gone' : `at checkpoint ${marker}`}, but checkpoint ${committed} had been sent: its retention (offsets.retention.minutes) has passed, or it was deleted. Nobody knows whether the alerts that the checkpoint holds were sent. Look into the topic, and start with --fresh, or with --from a savepoint, to send from there on.`,
    );
  }

  #read({ epoch, staged }: StagedEpoch): Epoch {
    const { context, topic, sides } = this.options;
    const { description, records } = decodeMessages(context.name, topic, staged);
    const { side } = description;
    return { epoch, description, blocks: async () => (side === undefined ? [records] : sides.read(side, description)) };
  }

  /** What is restored has been sent; of this attempt there is none yet. */
  async #removeSides(): Promise<void> {
    const { sides, subtask, parallelism, attempt } = this.options;
    for (const name of await sides.files.list(sides.folder)) {
      const [other, of] = name.split('-').map(Number);
      const isOwn = name.endsWith(SIDE_SUFFIX) && other! % parallelism === subtask;
      if (isOwn && of! < attempt) await sides.remove(name);
    }
  }

  /** @param blocks undefined where the records are gone, as they are some time after they were sent */
  async #send(line: TransactionLine, epoch: number, blocks: Blocks | undefined): Promise<void> {
    const { topic, keepsTime, context } = this.options;
    if (blocks !== undefined) return line.send(epoch, messagesIn(blocks, keepsTime), this.#topic!);
    if (epoch > line.marker) {
      throw new ConnectorError(
        'corrupt',
        `egress ${context.name}: the records of checkpoint ${epoch} for the topic ${topic} are gone from its state folder`,
      );
    }
  }
}
