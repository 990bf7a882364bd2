/** The writer of topics, exactly once: records wait in the checkpoint, or in side files, until it is complete. */
import type { ConnectorContext, OutgoingRecord, SinkWriter } from '../api/index.js';
import type { FileSystem } from '../disk/file-system.js';
import { EpochStage } from '../staging/epoch-stage.js';
import { encodeStaged } from '../staging/staged-bytes.js';
import type { CurrentLine } from './kafka-committer.js';
import { lineOf, type Headers } from './outgoing-message.js';
import type { StagedMessages } from './staged-messages.js';

export interface StagingWriterOptions {
  /** The topic of records that name no other. */
  readonly main: string;
  /** The topic of a record. Throws a ConnectorError where it may not go there. */
  topicOf(record: OutgoingRecord): string;
  /** Headers that every record has. */
  readonly headers: Headers;
  readonly sideFolder: string;
  readonly subtask: number;
  readonly attempt: number;
  readonly current: CurrentLine;
  readonly context: ConnectorContext;
  readonly files: FileSystem;
}

export class StagingWriter implements SinkWriter {
  readonly #stage: EpochStage;
  /** Besides the main one. */
  readonly #others = new Set<string>();

  constructor(private readonly options: StagingWriterOptions) {
    const { subtask, attempt } = options;
    this.#stage = new EpochStage({ ...options, owner: `${subtask}-${attempt}` });
  }

  write(record: OutgoingRecord): void {
    const { headers, main } = this.options;
    const topic = this.options.topicOf(record);
    if (topic === main) return this.#stage.write(lineOf(record, headers));
    this.#others.add(topic);
    this.#stage.write(lineOf(record, headers, topic));
  }

  ready(): boolean {
    return this.#stage.ready();
  }

  onReady(callback: () => void): void {
    this.#stage.onReady(callback);
  }

  stage(): Uint8Array {
    const { main, context, current } = this.options;
    if (current.name === undefined) throw new Error('a committer recovers before its writer stages');
    const { digest, side, inline } = this.#stage.seal();
    if (digest.bytes === 0) return new Uint8Array();
    const others = [...this.#others];
    this.#others.clear();
    const description: StagedMessages = {
      form: 'kafka',
      version: 1,
      topic: main,
      ...(others.length === 0 ? {} : { others }),
      line: current.name,
      committed: current.committed,
      marked: true,
      ...digest,
      ...(side === undefined ? {} : { side }),
    };
    context.failpoint?.('kafkaSink.afterStage');
    return encodeStaged(description, inline);
  }

  async flush(): Promise<void> {
    await this.#stage.flush();
    this.options.context.failpoint?.('kafkaSink.afterFlush');
  }

  close(): Promise<void> {
    return this.#stage.close();
  }
}
