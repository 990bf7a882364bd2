/**
 * `npm run services -- start|stop|status [kafka] [kafka3] [redis]`: real servers for examples and by hand, on this machine's loopback
 * address, until they are stopped. `start` prints the addresses; data stay in `.tidegate/services` until the folder is deleted.
 * A Docker engine runs them where there is one (not the three nodes of kafka3), else they come from Maven Central.
 * A server that `KAFKA_BROKERS` or `REDIS_URL` names is used as it is: nothing is started or stopped.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ContainerOrProcess } from './container-or-process.js';
import { kafkaContainer, redisContainer } from './containers.js';
import { KafkaCluster } from './kafka-cluster.js';
import { RedisServer } from './redis-server.js';
import { ServiceError } from './service-error.js';
import type { Service } from './service.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const FOLDER = join(ROOT, '.tidegate', 'services');
const CACHE = join(FOLDER, 'libraries');
const USAGE = 'npm run services -- start|stop|status [kafka] [kafka3] [redis]';

const SERVICES: Readonly<Record<string, Service>> = {
  kafka: new ContainerOrProcess(
    kafkaContainer(9092),
    new KafkaCluster({ folder: join(FOLDER, 'kafka'), cache: CACHE, ports: [[9092, 9093]] }),
  ),
  kafka3: new KafkaCluster({
    folder: join(FOLDER, 'kafka3'),
    cache: CACHE,
    ports: [
      [9192, 9193],
      [9194, 9195],
      [9196, 9197],
    ],
  }),
  redis: new ContainerOrProcess(
    redisContainer(6379),
    new RedisServer({ folder: join(FOLDER, 'redis'), cache: CACHE, port: 6379 }),
  ),
};

async function main([action, ...names]: readonly string[]): Promise<void> {
  const wanted = names.length > 0 ? names : action === 'start' ? ['kafka'] : Object.keys(SERVICES);
  const unknown = wanted.find((name) => !Object.hasOwn(SERVICES, name));
  if (unknown !== undefined) throw new ServiceError(`there is no service "${unknown}"\n${USAGE}`);
  for (const name of wanted) await act(action, name, SERVICES[name]!);
}

async function act(action: string | undefined, name: string, service: Service): Promise<void> {
  const given = process.env[service.givenBy];
  if (given !== undefined && given !== '') return say(`${name}: ${service.givenBy} names ${withoutPassword(given)}`);
  switch (action) {
    case 'start':
      if (!(await service.isRunning())) await service.start();
      return say(`${name}: ${service.address}`);
    case 'stop':
      await service.stop();
      return say(`${name}: stopped`);
    case 'status':
      return say(`${name}: ${(await service.isRunning()) ? service.address : 'not running'}`);
    default:
      throw new ServiceError(USAGE);
  }
}

function withoutPassword(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ServiceError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
