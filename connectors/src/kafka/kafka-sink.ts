/** Topics of Kafka as a sink. */
import { join } from 'node:path';
import {
  ConnectorError,
  constantText,
  type Committer,
  type ConnectorContext,
  type OutgoingRecord,
  type Sink,
  type SinkSubtask,
  type SinkTransactions,
  type SinkWriter,
  type WriterOptions,
} from '../api/index.js';
import { nodeFileSystem, type FileSystem } from '../disk/file-system.js';
import { LineNames } from '../staging/line-names.js';
import { SideFiles } from '../staging/side-files.js';
import { SendingWriter, type MessageSender } from '../writing/sending-writer.js';
import { KafkaClient } from './client.js';
import { KafkaCommitter, type CurrentLine } from './kafka-committer.js';
import { bytesOf, messageOf, type AddressedMessage, type Headers } from './outgoing-message.js';
import { OutgoingTopics } from './outgoing-topics.js';
import type { SinkClient, SinkProducer } from './sink-client.js';
import { compressionOf, type KafkaSinkOptions } from './sink-options.js';
import { StagingWriter } from './staging-writer.js';
import { TransactionLine } from './transaction-line.js';
import { KafkaTransactions } from './transactions/kafka-transactions.js';

/** What is outside, and how long it remembers. */
export interface KafkaSinkPorts {
  readonly client: SinkClient;
  readonly files: FileSystem;
  /** How often the marker of a line that nothing is sent in is written again. Brokers forget within a week, or what they are told. */
  readonly refreshMs: number;
}

const REFRESH_MS = 3_600_000;

export class KafkaSink implements Sink {
  readonly deliveries = ['none', 'at-least-once', 'exactly-once'] as const;
  readonly #headers: Headers;
  /** All that may be written to; the first is that of records that name no other. Undefined: any. */
  readonly #topics: readonly [string, ...string[]] | undefined;
  /** By subtask. */
  readonly #current = new Map<number, CurrentLine>();

  constructor(
    private readonly options: KafkaSinkOptions,
    private readonly context: ConnectorContext,
    private readonly ports: KafkaSinkPorts = {
      client: new KafkaClient(options, 'egress', context),
      files: nodeFileSystem,
      refreshMs: REFRESH_MS,
    },
  ) {
    this.#headers = constantHeaders(options);
    this.#topics = topicsOf(options);
  }

  createWriter({ subtask, attempt, delivery }: WriterOptions): SinkWriter {
    const { context, ports } = this;
    const topicOf = (record: OutgoingRecord): string => this.#topicOf(record);
    if (delivery !== 'exactly-once')
      return new SendingWriter({
        sender: this.#sender(),
        // Tries of an idempotent producer write none twice.
        messageOf: (record) => ({
          topic: topicOf(record),
          message: messageOf(record, this.#keepsTime, this.#headers),
        }),
        bytesOf: ({ message }) => bytesOf(message),
        errorOf: (cause) => ports.client.error(cause),
        isAwaited: delivery !== 'none',
        context,
      });
    return new StagingWriter({
      main: this.#declaredTopics()[0],
      topicOf,
      headers: this.#headers,
      sideFolder: this.#sideFolder,
      subtask,
      attempt,
      current: this.#lineOf(subtask),
      context,
      files: ports.files,
    });
  }

  transactions(): SinkTransactions {
    const { context, options } = this;
    const client = new KafkaClient(options, 'egress', context);
    const topics = this.#declaredTopics();
    const lineOf = (id: string): TransactionLine => new TransactionLine({ id, client, options, topics, context });
    return new KafkaTransactions({ client, prefix: this.#prefix, names: this.#names, lineOf });
  }

  createCommitter(owner: SinkSubtask): Committer {
    const { context, options } = this;
    const { client, files, refreshMs } = this.ports;
    const topics = this.#declaredTopics();
    return new KafkaCommitter({
      ...owner,
      topics,
      onLostMarker: options.onLostMarker,
      refreshMs,
      keepsTime: this.#keepsTime,
      names: this.#names,
      sides: new SideFiles(files, this.#sideFolder),
      current: this.#lineOf(owner.subtask),
      context,
      lineOf: (id) => new TransactionLine({ id, client, options, topics, context }),
      findTopics: async () => {
        const found = new OutgoingTopics(client);
        for (const topic of topics) await found.find(topic);
        return found;
      },
    });
  }

  get #prefix(): string {
    return this.options.transactionalIdPrefix ?? `tidegate-${this.context.job}-${this.context.name}`;
  }

  get #names(): LineNames {
    const { context, ports } = this;
    return new LineNames(ports.files, context.stateDir, this.#prefix, () => context.random());
  }

  get #keepsTime(): boolean {
    return this.options.timestamp === 'event';
  }

  /** Throws a ConnectorError where a record may not go to the topic that it names. */
  #topicOf({ values }: OutgoingRecord): string {
    const constant = constantText(this.options.topic);
    if (constant !== undefined) return constant;
    const topic = values?.['topic']?.toString() ?? '';
    if (this.#topics === undefined || this.#topics.includes(topic)) return topic;
    throw new ConnectorError(
      'refused',
      `egress ${this.context.name}: a record goes to the topic ${topic === '' ? 'without a name' : topic}, which is not among topics: ${this.#topics.join(', ')}`,
    );
  }

  /** The topics of a transaction must be known when nothing but its marker is. */
  #declaredTopics(): readonly [string, ...string[]] {
    if (this.#topics !== undefined) return this.#topics;
    throw new ConnectorError(
      'invalid-option',
      `egress ${this.context.name}: which topics records may name must be known to write them exactly once: list them as topics, or add delivery: at-least-once`,
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
    const topics = new OutgoingTopics(this.ports.client);
    let opened: Promise<SinkProducer> | undefined;
    return {
      send: async (messages: readonly AddressedMessage[]) => {
        opened ??= this.#openProducer();
        const producer = await opened;
        for await (const batch of topics.batches([messages])) await producer.send({ ...batch, acks: -1, compression });
      },
      close: async () => {
        const producer = await opened?.catch(() => undefined);
        await producer?.disconnect();
      },
    };
  }

  async #openProducer(): Promise<SinkProducer> {
    const producer = this.ports.client.producer();
    await producer.connect();
    return producer;
  }
}

function topicsOf({ topic, topics = [] }: KafkaSinkOptions): readonly [string, ...string[]] | undefined {
  const constant = constantText(topic);
  if (constant !== undefined) return [constant];
  const [first, ...others] = topics;
  return first === undefined ? undefined : [first, ...others];
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
