/**
 * A client of one Kafka cluster, by kafkajs, set up as this project needs it.
 *
 * Invariants
 * - Topics are never made by looking for them.
 * - Nothing is written to the console: what is worth reading goes to the host's log, without records.
 */
import type { Admin, Consumer, ConsumerConfig, Kafka, Producer, ProducerConfig } from 'kafkajs';
import { fields, type ConfigOf, type ConnectorContext } from '../api/index.js';
import { accessOf } from './access.js';
import { accessOptions } from './access-options.js';
import { isTransient, kafkaError } from './kafka-error.js';
import { kafkajs } from './library.js';
import { BrokerConnections } from './transactions/broker-connections.js';
import type { CoordinatorRequests, SinkClient } from './sink-client.js';

/** The options that say how a cluster is reached. */
export const clientOptions = fields({
  brokers: {
    type: 'string',
    required: true,
    description: 'Addresses to begin with, as host:port, separated by commas.',
    example: '${KAFKA_BROKERS:localhost:9092}',
  },
  ...accessOptions,
});

export type ClientOptions = ConfigOf<typeof clientOptions>;

/**
 * Short first pauses: by the default of 300 ms a transaction straight behind another takes a quarter of a second. Some
 * 15 s in all; what lasts longer is told to the job, which begins again by its restart strategy.
 */
const RETRY = { initialRetryTime: 20, retries: 30, maxRetryTime: 500 };
const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;
const ADMIN_TRIES = 100;
const ADMIN_PAUSE_MS = 150;

export class KafkaClient implements SinkClient {
  /** For messages. */
  readonly subject: string;
  readonly #kafka: Kafka;
  readonly #failure: (() => Error | undefined) | undefined;

  constructor(
    options: ClientOptions,
    role: 'ingress' | 'egress',
    private readonly context: ConnectorContext,
  ) {
    const { Kafka: Client, logLevel } = kafkajs();
    this.subject = `${role} ${context.name}`;
    const { failure, ...access } = accessOf(options, this.subject, context);
    this.#failure = failure;
    this.#kafka = new Client({
      clientId: `tidegate-${context.name}`,
      brokers: options.brokers.split(',').map((address) => address.trim()),
      ...access,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      retry: RETRY,
      logLevel: logLevel.NOTHING,
      // What it logs as errors it also throws, or tries again.
      logCreator: () => () => undefined,
    });
  }

  consumer(config: ConsumerConfig): Consumer {
    return this.#kafka.consumer({ ...config, allowAutoTopicCreation: false });
  }

  /** One that writes in order, and where it tries again, mostly not twice. */
  producer(config: ProducerConfig = {}): Producer {
    return this.#kafka.producer({ idempotent: true, ...config, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  }

  /**
   * Connects an admin for one piece of work, which is done again where Kafka asks to come later (a coordinator or a leader that
   * is just being chosen): kafkajs itself does not heed that. Rejects with a ConnectorError.
   */
  async admin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#kafka.admin();
    try {
      await admin.connect();
      for (let tries = 1; ; tries++) {
        try {
          return await work(admin);
        } catch (error) {
          if (!isTransient(error) || tries === ADMIN_TRIES) throw error;
        }
        await this.pause(ADMIN_PAUSE_MS);
      }
    } catch (error) {
      throw this.error(error);
    } finally {
      await admin.disconnect();
    }
  }

  async coordinator<T>(id: string, work: (coordinator: CoordinatorRequests) => Promise<T>): Promise<T> {
    return this.brokers(async (brokers) => work(await brokers.coordinatorOf(id)));
  }

  /** Connects to all brokers, for requests that kafkajs does not know. Rejects with a ConnectorError. */
  async brokers<T>(work: (brokers: BrokerConnections) => Promise<T>): Promise<T> {
    const brokers = new BrokerConnections(this.#kafka);
    try {
      await brokers.connect();
      return await work(brokers);
    } catch (error) {
      throw this.error(error);
    } finally {
      await brokers.disconnect();
    }
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.context.schedule(ms, resolve));
  }

  error(cause: unknown): Error {
    return this.#failure?.() ?? kafkaError(this.subject, cause);
  }
}
