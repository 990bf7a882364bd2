/** A topic of Kafka as a sink. */
import { join } from 'node:path';
import type { Message, Producer } from 'kafkajs';
import {
  ConnectorError,
  constantText,
  type Committer,
  type ConnectorContext,
  type OutgoingRecord,
  type Sink,
  type SinkSubtask,
  type SinkWriter,
  type WriterOptions,
} from '../api/index.js';
import { nodeFileSystem } from '../disk/file-system.js';
import { SideFiles } from '../staging/side-files.js';
import { SendingWriter, type MessageSender } from '../writing/sending-writer.js';
import { KafkaClient } from './client.js';
import { kafkaError } from './kafka-error.js';
import { KafkaCommitter, type CurrentLine } from './kafka-committer.js';
import { LineNames } from '../staging/line-names.js';
import { bytesOf, messageOf, type AddressedMessage, type Headers } from './outgoing-message.js';
import { compressionOf, type KafkaSinkOptions } from './sink-options.js';
import { StagingWriter } from './staging-writer.js';
import { TopicMessages } from './topic-messages.js';
import { TransactionLine } from './transaction-line.js';

export class KafkaSink implements Sink {
  readonly deliveries = ['none', 'at-least-once', 'exactly-once'] as const;
  readonly #client: KafkaClient;
  readonly #headers: Headers;
  /** By subtask. */
  readonly #current = new Map<number, CurrentLine>();

  constructor(
    private readonly options: KafkaSinkOptions,
    private readonly context: ConnectorContext,
  ) {
    this.#client = new KafkaClient(options, 'egress', context);
    this.#headers = constantHeaders(options);
  }

  createWriter({ subtask, attempt, delivery }: WriterOptions): SinkWriter {
    const { context } = this;
    if (delivery !== 'exactly-once')
      return new SendingWriter({
        sender: this.#sender(),
        // Tries of an idempotent producer write none twice.
        messageOf: (record) => ({
          topic: this.#topicOf(record),
          message: messageOf(record, this.#keepsTime, this.#headers),
        }),
        bytesOf: ({ message }) => bytesOf(message),
        errorOf: (cause) => kafkaError(`egress ${context.name}`, cause),
        isAwaited: delivery !== 'none',
        context,
      });
    return new StagingWriter({
      topic: this.#oneTopic(),
      headers: this.#headers,
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
    const topic = this.#oneTopic();
    return new KafkaCommitter({
      ...owner,
      topic,
      keepsTime: this.#keepsTime,
      names: new LineNames(nodeFileSystem, context.stateDir, prefix, () => context.random()),
      sides: new SideFiles(nodeFileSystem, this.#sideFolder),
      current: this.#lineOf(owner.subtask),
      context,
      lineOf: (id) => new TransactionLine({ id, client, options, topic, context }),
      findTopic: () => TopicMessages.find(client, topic),
    });
  }

  get #keepsTime(): boolean {
    return this.options.timestamp === 'event';
  }

  #topicOf({ values }: OutgoingRecord): string {
    return constantText(this.options.topic) ?? values?.['topic']?.toString() ?? '';
  }

  /** A transaction and its marker are of one topic. */
  #oneTopic(): string {
    const topic = constantText(this.options.topic);
    if (topic !== undefined) return topic;
    throw new ConnectorError(
      'invalid-option',
      `egress ${this.context.name}: topics that each record names are written at least once: add delivery: at-least-once`,
    );
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

  #sender(): MessageSender<AddressedMessage> {
    const compression = compressionOf(this.options);
    const topics = new Map<string, Promise<TopicMessages>>();
    let opened: Promise<Producer> | undefined;
    const topicOf = (name: string): Promise<TopicMessages> => {
      const known = topics.get(name) ?? this.#findTopic(name);
      topics.set(name, known);
      return known;
    };
    return {
      send: async (messages: readonly AddressedMessage[]) => {
        opened ??= this.#openProducer();
        const producer = await opened;
        for (const [name, ofTopic] of byTopic(messages)) {
          const topic = await topicOf(name);
          for await (const batch of topic.batches(ofTopic))
            await producer.send({ topic: name, messages: batch, acks: -1, compression });
        }
      },
      close: async () => {
        const producer = await opened?.catch(() => undefined);
        await producer?.disconnect();
      },
    };
  }

  #findTopic(name: string): Promise<TopicMessages> {
    if (name !== '') return TopicMessages.find(this.#client, name);
    return Promise.reject(new ConnectorError('refused', `egress ${this.context.name}: a record names no topic`));
  }

  async #openProducer(): Promise<Producer> {
    const producer = this.#client.producer();
    await producer.connect();
    return producer;
  }
}

/** In the order in which they were written, within each topic. */
function byTopic(messages: readonly AddressedMessage[]): ReadonlyMap<string, readonly Message[]> {
  const topics = new Map<string, Message[]>();
  for (const { topic, message } of messages) {
    const known = topics.get(topic);
    if (known === undefined) topics.set(topic, [message]);
    else known.push(message);
  }
  return topics;
}

/** Those whose values hold no expression. */
function constantHeaders({ headers = {} }: KafkaSinkOptions): Headers {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, template]) => {
      const text = constantText(template);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}
