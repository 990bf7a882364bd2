/** What a production sink is given in the simulated cluster: the clock and the chance of its process, and folders of the shared files. */
import type { ConnectorContext } from '@tidegate/connectors/api';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';

/** Where relative paths begin. */
export const BASE_DIR = '/job';

/** @param fail the task's */
export function simulatedConnectorContext(
  process: SimulatedProcess,
  name: string,
  random: SeededRandom,
  fail: (error: Error) => void,
): ConnectorContext {
  return {
    job: 'simulated',
    name,
    baseDir: BASE_DIR,
    stateDir: `${BASE_DIR}/state`,
    now: () => process.now(),
    schedule: (ms, callback) => process.schedule(ms, callback),
    random: () => random.between(0, 1),
    fail,
    failpoint: (point) => process.point(point),
  };
}
