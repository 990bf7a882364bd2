/** A topic of Kafka as a sink. */
import { join } from 'node:path';
import type { Message, Producer } from 'kafkajs';
import type { Committer, ConnectorContext, Sink, SinkSubtask, SinkWriter, WriterOptions } from '../api/index.js';
import { nodeFileSystem } from '../disk/file-system.js';
import { SideFiles } from '../staging/side-files.js';
import { SendingWriter, type MessageSender } from '../writing/sending-writer.js';
import { KafkaClient } from './client.js';
import { kafkaError } from './kafka-error.js';
import { KafkaCommitter, type CurrentLine } from './kafka-committer.js';
import { LineNames } from '../staging/line-names.js';
import { bytesOf, messageOf } from './outgoing-message.js';
import { compressionOf, type KafkaSinkOptions } from './sink-options.js';
import { StagingWriter } from './staging-writer.js';
import { TopicMessages } from './topic-messages.js';
import { TransactionLine } from './transaction-line.js';

export class KafkaSink implements Sink {
  readonly deliveries = ['none', 'at-least-once', 'exactly-once'] as const;
  readonly #client: KafkaClient;
  /** By subtask. */
  readonly #current = new Map<number, CurrentLine>();

  constructor(
    private readonly options: KafkaSinkOptions,
    private readonly context: ConnectorContext,
  ) {
    this.#client = new KafkaClient(options, 'egress', context);
  }

  createWriter({ subtask, attempt, delivery }: WriterOptions): SinkWriter {
    const { context } = this;
    if (delivery !== 'exactly-once')
      return new SendingWriter({
        sender: this.#sender(),
        // Tries of an idempotent producer write none twice.
        messageOf: (record) => messageOf(record, this.#keepsTime),
        bytesOf,
        errorOf: (cause) => kafkaError(`egress ${context.name}`, cause),
        isAwaited: delivery !== 'none',
        context,
      });
    return new StagingWriter({
      topic: this.options.topic,
      sideFolder: this.#sideFolder,
      subtask,
      attempt,
      current: this.#lineOf(subtask),
      context,
      files: nodeFileSystem,
    });
  }

  createCommitter(owner: SinkSubtask): Committer {
    const { context, options } = this;
    const prefix = options.transactionalIdPrefix ?? `tidegate-${context.job}-${context.name}`;
    const client = this.#client;
    return new KafkaCommitter({
      ...owner,
      topic: options.topic,
      keepsTime: this.#keepsTime,
      names: new LineNames(nodeFileSystem, context.stateDir, prefix, () => context.random()),
      sides: new SideFiles(nodeFileSystem, this.#sideFolder),
      current: this.#lineOf(owner.subtask),
      context,
      lineOf: (id) => new TransactionLine({ id, client, options, context }),
      findTopic: () => TopicMessages.find(client, options.topic),
    });
  }

  get #keepsTime(): boolean {
    return this.options.timestamp === 'event';
  }

  get #sideFolder(): string {
    return join(this.context.stateDir, 'staged');
  }

  #lineOf(subtask: number): CurrentLine {
    const known = this.#current.get(subtask);
    if (known !== undefined) return known;
    const line: CurrentLine = { name: undefined, committed: 0 };
    this.#current.set(subtask, line);
    return line;
  }

  #sender(): MessageSender<Message> {
    const { options } = this;
    const compression = compressionOf(options);
    let opened: Promise<{ readonly producer: Producer; readonly topic: TopicMessages }> | undefined;
    return {
      send: async (messages: readonly Message[]) => {
        opened ??= this.#openProducer();
        const { producer, topic } = await opened;
        for await (const batch of topic.batches(messages))
          await producer.send({ topic: topic.topic, messages: batch, acks: -1, compression });
      },
      close: async () => {
        const { producer } = (await opened?.catch(() => undefined)) ?? {};
        await producer?.disconnect();
      },
    };
  }

  async #openProducer() {
    const topic = await TopicMessages.find(this.#client, this.options.topic);
    const producer = this.#client.producer();
    await producer.connect();
    return { producer, topic };
  }
}
