/** What is done to the servers of functions, beside what is done to the cluster that calls them. */
import type { SeededRandom } from '../../src/simulation/kernel/seeded-random.js';
import { FAULTS, type Fault } from '../nemesis/faults.js';
import type { FunctionServer } from './function-server.js';

const OF_EVERY_CLUSTER = [
  'kill-worker',
  'kill-worker-at-step',
  'kill-all-workers',
  'stop-worker',
  'kill-leader',
  'kill-leader-at-step',
  'stop-leader',
  'cut-data',
  'stall-data',
];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function away(servers: readonly FunctionServer[], ms: number): Promise<void> {
  await Promise.all(servers.map((server) => server.kill()));
  await pause(ms);
  await Promise.all(servers.map((server) => server.start()));
}

export function orderFaults(servers: readonly FunctionServer[]): readonly Fault[] {
  const one = (random: SeededRandom): FunctionServer => random.pick(servers);
  const ofServers: Fault[] = [
    {
      kind: 'kill-function-server',
      row: 'F66',
      async act(_, random) {
        const ms = random.integer(50, 3000);
        await away([one(random)], ms);
        return `back after ${ms} ms`;
      },
    },
    {
      kind: 'kill-all-function-servers',
      row: 'F66',
      async act(_, random) {
        const ms = random.integer(50, 3000);
        await away(servers, ms);
        return `back after ${ms} ms`;
      },
    },
    {
      kind: 'stop-function-server',
      row: 'F67',
      async act(_, random) {
        const server = one(random);
        const ms = random.integer(200, 4000);
        server.stop();
        await pause(ms);
        server.continue();
        return `for ${ms} ms`;
      },
    },
  ];
  return [...ofServers, ...ofServers, ...FAULTS.filter(({ kind }) => OF_EVERY_CLUSTER.includes(kind))];
}
