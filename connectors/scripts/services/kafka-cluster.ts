/**
 * Apache Kafka on this machine's loopback address: nodes that are broker and controller in one (KRaft), from Maven Central.
 * With three nodes topics have three replicas, of which two must be in sync.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { classPath, type Artifact } from './maven.js';
import { ServerProcess } from './server-process.js';
import { ServiceError } from './service-error.js';
import type { Service } from './service.js';

/** 4.4.0 does not resolve. */
const LIBRARIES: readonly Artifact[] = [
  { group: 'org.apache.kafka', name: 'kafka_2.13', version: '4.3.1' },
  { group: 'org.apache.logging.log4j', name: 'log4j-slf4j-impl', version: '2.24.3' },
];
const CLUSTER_ID = 'dGlkZWdhdGUtc2VydmljZQ';
const run = promisify(execFile);

export interface KafkaOptions {
  /** Of all nodes; what is in it is gone on with. */
  readonly folder: string;
  /** Where resolved libraries are remembered: may be shared. */
  readonly cache: string;
  /** Of each node the port for clients and the one for controllers. */
  readonly ports: readonly (readonly [number, number])[];
  /** Settings of the brokers besides ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** See ServerProcess; they outlive it where nothing is said. */
  readonly endsWithUs?: boolean;
  /** Who may log in by SCRAM. */
  readonly users?: readonly { readonly name: string; readonly password: string }[];
}

export class KafkaCluster implements Service {
  readonly givenBy = 'KAFKA_BROKERS';
  readonly nodes: readonly KafkaNode[];

  constructor(private readonly options: KafkaOptions) {
    this.nodes = options.ports.map((_, index) => new KafkaNode(index, options));
  }

  /** For clients: `host:port`, separated by commas. */
  get brokers(): string {
    return this.options.ports.map(([port]) => `127.0.0.1:${port}`).join(',');
  }

  get address(): string {
    return this.brokers;
  }

  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop(signal)));
  }

  async isRunning(): Promise<boolean> {
    const pids = await Promise.all(this.nodes.map((node) => node.server.pid()));
    return pids.every((pid) => pid !== undefined);
  }
}

export class KafkaNode {
  readonly server: ServerProcess;
  readonly #folder: string;

  constructor(
    private readonly index: number,
    private readonly options: KafkaOptions,
  ) {
    this.#folder = join(options.folder, `node-${index + 1}`);
    this.server = new ServerProcess(`Kafka (node ${index + 1})`, this.#folder, options.endsWithUs);
  }

  async start(): Promise<void> {
    const { cache, ports } = this.options;
    const libraries = await classPath(cache, LIBRARIES);
    await mkdir(this.#folder, { recursive: true });
    const properties = join(this.#folder, 'server.properties');
    await writeFile(properties, this.#properties());
    await writeFile(join(this.#folder, 'log4j2.xml'), LOGGING);
    if (!existsSync(join(this.#folder, 'data', 'meta.properties')))
      await format(libraries, properties, this.#scramUsers());
    const heap = ports.length > 1 ? '256m' : '512m';
    await this.server.start({
      command: 'java',
      words: [
        `-Xms${heap}`,
        `-Xmx${heap}`,
        '-XX:+UseSerialGC',
        `-Dlog4j2.configurationFile=${join(this.#folder, 'log4j2.xml')}`,
        '-cp',
        libraries,
        'kafka.Kafka',
        properties,
      ],
      port: ports[this.index]![0],
    });
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.server.stop(signal);
  }

  #scramUsers(): string[] {
    const { users = [] } = this.options;
    return users.flatMap(({ name, password }) =>
      ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=${name},password=${password}]`,
      ]),
    );
  }

  #properties(): string {
    const { ports, settings = {} } = this.options;
    const [port, controllerPort] = ports[this.index]!;
    const replicas = Math.min(3, ports.length);
    const inSync = Math.min(2, ports.length);
    const all = {
      'process.roles': 'broker,controller',
      'node.id': this.index + 1,
      'controller.quorum.voters': ports.map(([, controller], i) => `${i + 1}@127.0.0.1:${controller}`).join(','),
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
      'controller.listener.names': 'CONTROLLER',
      'log.dirs': join(this.#folder, 'data'),
      'offsets.topic.num.partitions': 4,
      'transaction.state.log.num.partitions': 4,
      'offsets.topic.replication.factor': replicas,
      'transaction.state.log.replication.factor': replicas,
      'transaction.state.log.min.isr': inSync,
      'default.replication.factor': replicas,
      'min.insync.replicas': inSync,
      'group.initial.rebalance.delay.ms': 0,
      'num.network.threads': 2,
      'num.io.threads': 4,
      ...settings,
    };
    return Object.entries(all)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
  }
}

async function format(libraries: string, properties: string, more: readonly string[]): Promise<void> {
  try {
    const words = ['-cp', libraries, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties, ...more];
    await run('java', words);
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT') throw new ServiceError('Java is not installed (`java`): Kafka needs Java 17 or later.');
    throw new ServiceError(`Kafka's folder cannot be made: ${(stderr ?? String(error)).trim()}`);
  }
}

const LOGGING = `<Configuration status="ERROR"><Appenders><Console name="c"><PatternLayout pattern="%d %p %c{1} %m%n"/></Console></Appenders>
<Loggers><Root level="WARN"><AppenderRef ref="c"/></Root></Loggers></Configuration>
`;
