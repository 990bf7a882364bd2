/** Settings as the graph carries them: what applies, in plain numbers. */
import type { CheckpointSettings, GraphSettings, RestartSettings } from '../job/graph-settings.js';
import type { Application, Settings } from '../spec/application.js';

export function graphSettings({ settings, baseDir }: Application): GraphSettings {
  const { parallelism, maxParallelism, stateDir, maxRecordSize, bufferTimeout, checkpoint, restart, state, memory } =
    settings;
  return {
    parallelism,
    maxParallelism,
    stateDir,
    baseDir,
    maxRecordBytes: maxRecordSize,
    bufferTimeout,
    ...(checkpoint === 'none' ? {} : { checkpoint: checkpointSettings(checkpoint) }),
    restart: restartSettings(restart),
    state,
    memory: { stateBytes: memory.state, networkBytes: memory.network },
  };
}

function checkpointSettings(checkpoint: Exclude<Settings['checkpoint'], 'none'>): CheckpointSettings {
  const { unaligned: _, alignedTimeout, ...rest } = checkpoint;
  return { ...rest, ...(alignedTimeout === undefined ? {} : { alignedTimeout }) };
}

/** The declaration gives a strategy exactly its own keys, each with a default. */
function restartSettings(restart: Settings['restart']): RestartSettings {
  return { ...restart } as RestartSettings;
}
