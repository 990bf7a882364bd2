/**
 * The committer of topics: it sends each staged epoch in one transaction, with its number as the marker; several that are due in one,
 * with the number of the last, as a transaction takes longer than many a checkpoint does.
 *
 * Invariants
 * - Whether a restored epoch was sent is asked of the line that it was staged for, which is fenced first: also where it comes
 *   from another job's savepoint, and where an earlier attempt is only taken for dead.
 * - Numbers of one line only rise. Where they might not (a start from the beginning, a job that goes back), a new line begins.
 * - A marker that is gone, or stands where it cannot, stops the job: epochs are neither sent twice nor left out in silence. What is
 *   to become of an epoch whose marker is gone may be said in the options.
 * - A new line has a marker before anything is staged for it, so that one that is not there is one that was lost.
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
import { isFenced } from './kafka-error.js';
import { MarkerKeeper } from './marker-keeper.js';
import type { OutgoingTopics } from './outgoing-topics.js';
import type { LostMarker } from './sink-options.js';
import {
  NO_MARKER,
  UNKNOWN_HISTORY,
  type EpochMessages,
  type LineHistory,
  type TransactionLine,
} from './transaction-line.js';

/** The line in work: its writer says of each epoch that it belongs there. */
export interface CurrentLine {
  name: string | undefined;
  committed: number;
}

export interface KafkaCommitterOptions extends SinkSubtask {
  /** All that are written to; the first is that of records that name no other. */
  readonly topics: readonly string[];
  readonly onLostMarker: LostMarker;
  /** How often the marker of a line that nothing is sent in is written again. */
  readonly refreshMs: number;
  /** Whether Kafka's timestamps are event times. */
  readonly keepsTime: boolean;
  readonly names: LineNames;
  readonly sides: SideFiles;
  readonly current: CurrentLine;
  readonly context: ConnectorContext;
  lineOf(name: string): TransactionLine;
  /** Rejects with a ConnectorError where one of the topics is not there. */
  findTopics(): Promise<OutgoingTopics>;
}

interface Epoch {
  readonly epoch: number;
  readonly description: StagedMessages;
  /** Undefined where they are gone. */
  blocks(): Promise<Blocks | undefined>;
}

/** Of a transaction. */
const TRIES_MAX = 3;
const AGAIN_MS = 100;
/** Of several epochs that share one; a larger one has its own. */
const TOGETHER_BYTES = 4 * 1024 * 1024;

export class KafkaCommitter implements Committer {
  #line: TransactionLine | undefined;
  #topics: OutgoingTopics | undefined;
  #keeper: MarkerKeeper | undefined;

  constructor(private readonly options: KafkaCommitterOptions) {}

  async recover(restored: RestoredEpochs | undefined): Promise<void> {
    const { names, context, current, subtask } = this.options;
    this.#topics = await this.options.findTopics();
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
    await this.#begin(this.options.lineOf(current.name));
  }

  async #begin(line: TransactionLine): Promise<void> {
    await this.close();
    this.#line = line;
    if ((await line.open()) === undefined) await line.mark();
    const { current, context, refreshMs } = this.options;
    current.committed = line.marker;
    this.#keeper = new MarkerKeeper({
      intervalMs: refreshMs,
      context,
      refresh: () => line.mark(),
      failed(error) {
        if (isFenced(error)) context.fail(error as Error);
        else context.log?.(`warning: the marker of group ${line.id} is not refreshed: ${(error as Error).message}`);
      },
    });
  }

  commit(epoch: StagedEpoch): Promise<void> {
    return this.commitAll([epoch]);
  }

  async commitAll(staged: readonly StagedEpoch[]): Promise<void> {
    if (this.#line === undefined) throw new Error('a committer recovers before it commits');
    const { context, current, sides } = this.options;
    const epochs = staged.map((epoch) => this.#read(epoch));
    context.failpoint?.('kafkaSink.beforeCommit');
    await this.#keeper?.settled();
    await this.#send(this.#line, epochs);
    current.committed = Math.max(current.committed, ...epochs.map(({ epoch }) => epoch));
    context.failpoint?.('kafkaSink.afterCommit');
    for (const { side } of epochs.map(({ description }) => description))
      if (side !== undefined) await sides.remove(side);
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
    await this.#keeper?.close();
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
      const goesOn = restored !== undefined && !restored.rewound;
      const marker = await line.open(goesOn ? historyOf(epochs) : UNKNOWN_HISTORY);
      if (goesOn) this.#assertNotAhead(name, line.marker, restored.epoch);
      const [first] = epochs;
      const isLost = epochs.some(({ description }) => isBehind(marker, description));
      if (isLost && this.#isLeftOut(first!.description, marker)) return;
      const inOrder = epochs.toSorted((left, right) => left.epoch - right.epoch);
      await this.#send(
        line,
        inOrder.filter(({ epoch }) => epoch > line.marker),
      );
    } finally {
      await line.close();
    }
  }

  /** Throws a ConnectorError where nobody has said what becomes of epochs whose marker is lost. */
  #isLeftOut(description: StagedMessages, marker: number | undefined): boolean {
    const { onLostMarker, context } = this.options;
    if (onLostMarker === 'fail') throw this.#lost(description, marker);
    const deed = onLostMarker === 'send' ? 'sent, perhaps a second time' : 'left out';
    context.log?.(`warning: the marker of group ${description.line} is lost: what the checkpoint holds is ${deed}`);
    return onLostMarker === 'skip';
  }

  #assertNotAhead(name: string, marker: number, epoch: number): void {
    if (marker <= epoch) return;
    throw new ConnectorError(
      'corrupt',
      `egress ${this.options.context.name}: the topic holds the alerts of checkpoint ${marker} (marker of group ${name}), but the job goes on from checkpoint ${epoch}: it would send some of them twice. Go on from the latest checkpoint, or start with --from or --fresh to send them anew.`,
    );
  }

  #lost({ line, committed }: StagedMessages, marker: number | undefined): ConnectorError {
    const what = marker === undefined ? 'gone' : `at checkpoint ${marker}`;
    const before = committed === 0 ? 'it had been written' : `checkpoint ${committed} had been sent`;
    return new ConnectorError(
      'corrupt',
      `egress ${this.options.context.name}: the marker of group ${line} is ${what}, but ${before}: its retention (offsets.retention.minutes) has passed, or it was deleted. Nobody knows whether the alerts that the checkpoint holds were sent. Look into the topic, and start once with onLostMarker: send or skip of the egress, or with --fresh.`,
    );
  }

  #read({ epoch, staged }: StagedEpoch): Epoch {
    const { context, topics, sides } = this.options;
    const { description, records } = decodeMessages(context.name, topics, staged);
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

  /** @param epochs in rising order */
  async #send(line: TransactionLine, epochs: readonly Epoch[]): Promise<void> {
    for (const together of inTransactions(epochs)) await this.#sendTogether(line, together);
  }

  /** As a whole again, where the broker is away for a moment: the marker says what became of it. */
  async #sendTogether(line: TransactionLine, epochs: readonly Epoch[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#sendOnce(line, epochs);
      } catch (error) {
        if (!isPassing(error) || tries === TRIES_MAX) throw error;
      }
      await new Promise<void>((resolve) => this.options.context.schedule(AGAIN_MS * tries, resolve));
    }
  }

  async #sendOnce(line: TransactionLine, epochs: readonly Epoch[]): Promise<void> {
    const { keepsTime, context } = this.options;
    const found: EpochMessages[] = [];
    for (const { epoch, description, blocks } of epochs) {
      const content = await blocks();
      if (content !== undefined) found.push({ epoch, messages: messagesIn(content, keepsTime, description.topic) });
      // They are gone some time after they were sent.
      else if (epoch > line.marker) {
        throw new ConnectorError(
          'corrupt',
          `egress ${context.name}: the records of checkpoint ${epoch} for the topic ${description.topic} are gone from its state folder`,
        );
      }
    }
    if (found.length > 0) await line.send(found, this.#topics!);
  }
}

/** What goes out at once: little enough to be sent long before a transaction times out. */
function inTransactions(epochs: readonly Epoch[]): readonly (readonly Epoch[])[] {
  const all: { readonly epochs: Epoch[]; bytes: number }[] = [];
  for (const epoch of epochs) {
    const { bytes } = epoch.description;
    const last = all.at(-1);
    if (last === undefined || last.bytes + bytes > TOGETHER_BYTES) all.push({ epochs: [epoch], bytes });
    else {
      last.epochs.push(epoch);
      last.bytes += bytes;
    }
  }
  return all.map((each) => each.epochs);
}

function historyOf(epochs: readonly Epoch[]): LineHistory {
  return {
    attempted: Math.max(0, ...epochs.map(({ epoch }) => epoch)),
    acknowledged: Math.max(NO_MARKER, ...epochs.map(({ description }) => acknowledgedBefore(description))),
  };
}

/** The marker that its line had when an epoch was staged. */
function acknowledgedBefore({ committed, marked }: StagedMessages): number {
  return committed > 0 || marked === true ? committed : NO_MARKER;
}

/** Not where another has the line: it has taken it for good. */
function isPassing(error: unknown): boolean {
  return error instanceof ConnectorError && error.retriable && error.code !== 'fenced';
}

/** Whether a marker is not where it was when the epoch was staged: numbers only rise. */
function isBehind(marker: number | undefined, description: StagedMessages): boolean {
  return (marker ?? NO_MARKER) < acknowledgedBefore(description);
}
