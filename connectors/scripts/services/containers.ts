/** The containers of `npm run services`, each with a volume of its own. */
import { DockerContainer } from './docker-container.js';

const KAFKA_TOOLS = '/opt/kafka/bin';

/** Broker and controller in one. @param port on this machine, by which clients find it */
export function kafkaContainer(port: number): DockerContainer {
  return new DockerContainer({
    name: 'tidegate-kafka',
    image: 'apache/kafka:4.1.0',
    ports: [port, port],
    data: '/var/lib/kafka/data',
    // With any variable the image takes nothing from its own settings.
    environment: {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:${port + 1}`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: `1@localhost:${port + 1}`,
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_LOG_DIRS: '/var/lib/kafka/data',
    },
    ready: [`${KAFKA_TOOLS}/kafka-topics.sh`, '--bootstrap-server', `localhost:${port}`, '--list'],
    address: `127.0.0.1:${port}`,
    givenBy: 'KAFKA_BROKERS',
  });
}

/** @param port on this machine */
export function redisContainer(port: number): DockerContainer {
  return new DockerContainer({
    name: 'tidegate-redis',
    image: 'redis:7.4-alpine',
    ports: [6379, port],
    data: '/data',
    words: ['redis-server', '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'],
    ready: ['redis-cli', 'ping'],
    address: `redis://127.0.0.1:${port}`,
    givenBy: 'REDIS_URL',
  });
}
