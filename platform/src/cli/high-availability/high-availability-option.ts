/** `--high-availability`: where coordinators that stand in for each other keep who leads and which jobs there are. */
import type { HighAvailabilityServices } from '../../coordinator/high-availability/high-availability-services.js';
import { UsageError, type Io } from '../io.js';
import { parseRedisAddress } from './redis/redis-address.js';
import { openRedisServices } from './redis/redis-services.js';
import { sharedFolder } from './shared-folder.js';

const OPTION = '--high-availability';
/** In the place of the option: other users of the machine see command lines, and no surroundings. */
const VARIABLE = 'TIDEGATE_HIGH_AVAILABILITY';

export interface HighAvailabilityOptions {
  /** Absent: what the variable says; absent, too: in the folder. */
  readonly option: string | undefined;
  readonly env: Io['env'];
  readonly cluster: string;
  readonly stateDir: string;
  log(message: string): void;
}

/** @throws UsageError; TidegateError TG461, TG454 */
export async function highAvailabilityFrom({
  option,
  env,
  ...options
}: HighAvailabilityOptions): Promise<HighAvailabilityServices> {
  const given = env[VARIABLE];
  const text = option ?? (given === '' ? undefined : given);
  if (text === undefined) return sharedFolder(options.stateDir);
  const address = parseRedisAddress(option === undefined ? VARIABLE : OPTION, text);
  if (option !== undefined && address.password !== undefined)
    throw new UsageError(
      `${OPTION} has a password in it, which others on this machine could see: set ${VARIABLE} instead`,
    );
  return openRedisServices({ ...options, address });
}
