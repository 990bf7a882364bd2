/** `bare PARALLELISM N`: the bare loop over a filled topic, with parsing and without, in turn; the median of three runs of each. */
import type { BrokerTools } from '@tidegate/connectors/services/broker-tools';
import { bareLoop, type BareRun } from './bare-loop.js';
import { fill } from './card-messages.js';
import { createTopics } from './cards-to-alerts.js';

const REPETITIONS = 3;

export async function bare(tools: BrokerTools, parallelism: number, count: number): Promise<object> {
  await createTopics(tools, parallelism, ['bare']);
  await fill(tools, count, parallelism);
  const [reading, parsing]: [BareRun[], BareRun[]] = [[], []];
  for (let i = 0; i <= REPETITIONS; i++) {
    reading.push(await bareLoop(tools, count, 'bare', false));
    parsing.push(await bareLoop(tools, count, 'bare', true));
  }
  const middle = (runs: readonly BareRun[]) => {
    const { seconds, cpuMicros } = runs.slice(1).toSorted((a, b) => a.seconds - b.seconds)[REPETITIONS >> 1]!;
    return { eps: Math.round(count / seconds), cpuUsPerEvent: Number((cpuMicros / count).toFixed(2)) };
  };
  return {
    ...{ engine: 'kafkajs', mode: 'bare', parallelism, n: count, matches: parsing[0]!.matches },
    ...{ reading: middle(reading), parsing: middle(parsing) },
  };
}
