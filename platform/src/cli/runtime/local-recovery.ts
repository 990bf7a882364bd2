/** Has the slots of a worker restore what they can from the worker's own disk, and say how much that was. */
import { join } from 'node:path';
import { attemptName } from '../../rpc/task-execution.js';
import type { CheckpointFiles, JobEnvironment } from '../../taskmanager/environment.js';
import { LocalState } from '../storage/local-state.js';

/** @param localDir of the worker and the job, for as long as it has slots of this worker */
export function localStateOf(files: CheckpointFiles, localDir: string, log: (message: string) => void): LocalState {
  return new LocalState(files, join(localDir, 'local-state'), log);
}

/** The same, told when a store was restored. */
export function sayingWhatIsLocal(
  environment: JobEnvironment,
  state: LocalState,
  log: (message: string) => void,
): JobEnvironment {
  return {
    ...environment,
    async openKeyedStore(options) {
      const before = state.bytesRead;
      const store = await environment.openKeyedStore(options);
      const { local, fetched } = state.bytesRead;
      if (options.restored.length > 0)
        log(
          `${attemptName(options.id)} restored ${local - before.local} bytes from this disk, and fetched ${fetched - before.fetched}`,
        );
      return store;
    },
  };
}
