/**
 * `npm run -s bench:kafka -- unpaced heap|rocksdb PARALLELISM N`, `-- paced heap|rocksdb RATE SECONDS` or `-- bare PARALLELISM N`, each
 * with `[--interval 1s]` between checkpoints: from a topic of cards through the rule W2 to a topic of alerts, exactly once, on a
 * broker of its own, which is stopped again. `bare` is what a kafkajs consumer and producer alone can do. Prints one JSON line.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectBrokers, type BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { newKafka } from '@tidegate/connectors/services/shared-kafka';
import type { StateBackend } from '../../src/job/graph-settings.js';
import { bare } from './bare.js';
import { paced } from './paced.js';
import { unpaced } from './unpaced.js';

const USAGE = 'bench:kafka unpaced heap|rocksdb PARALLELISM N | paced heap|rocksdb RATE SECONDS | bare PARALLELISM N';

function benchmark(): (tools: BrokerTools) => Promise<object> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { interval: { type: 'string', default: '1s' } },
  });
  const { interval } = values;
  const [mode, ...words] = positionals;
  if (mode === 'bare') {
    const [parallelism, count] = positive(words);
    return (tools) => bare(tools, parallelism, count);
  }
  const backend = words[0] as StateBackend;
  if (backend !== 'heap' && backend !== 'rocksdb') throw new Error(USAGE);
  const [first, second] = positive(words.slice(1));
  switch (mode) {
    case 'unpaced':
      return (tools) => unpaced(tools, { backend, parallelism: first, count: second, interval });
    case 'paced':
      return (tools) => paced(tools, { backend, rate: first, seconds: second, interval });
    default:
      throw new Error(USAGE);
  }
}

function positive(words: readonly string[]): [number, number] {
  const [first = NaN, second = NaN] = words.map(Number);
  if (!(first > 0 && second > 0)) throw new Error(USAGE);
  return [first, second];
}

const work = benchmark();
const folder = mkdtempSync(join(tmpdir(), 'tidegate-kafka-bench-'));
const broker = await newKafka(folder);
try {
  await broker.start();
  const tools = await connectBrokers(broker.brokers);
  const result = await work(tools);
  await tools.close();
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
}
