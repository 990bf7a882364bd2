/** An application run over worker processes, in a folder of its own. */
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { createRegistry } from '../../src/cli/registry.js';
import { jobEnvironment } from '../../src/cli/runtime/job-environment.js';
import { SpillDirectory } from '../../src/cli/runtime/spill-directory.js';
import { JobFolder } from '../../src/cli/storage/job-folder.js';
import { ProcessCells } from '../../src/cli/threads/process-cells.js';
import type { JobNotice } from '../../src/coordinator/job-events.js';
import type { JobResult } from '../../src/coordinator/job-master.js';
import type { SlotAddress } from '../../src/rpc/task-execution.js';
import { ProcessJob } from '../../bench/cluster/process-job.js';
import { planned } from '../taskmanager/harness.js';

export interface ApplicationRun {
  /** Slots of each worker that is there at the start. */
  readonly workers: readonly number[];
  readonly silenceMs?: number;
  observe?(notice: JobNotice, job: RunningApplication): void;
  route?(peer: SlotAddress): string;
}

export interface RunningApplication {
  readonly workers: readonly ChildProcess[];
  startWorker(slots: number): void;
}

/** @param text of the application @param folder with its inputs */
export async function runOverProcesses(text: string, folder: string, run: ApplicationRun): Promise<JobResult> {
  const plan = planned(text);
  const stateDir = join(folder, 'state');
  const graph = { ...plan, settings: { ...plan.settings, stateDir, baseDir: folder } };
  const jobFolder = await JobFolder.open({ stateDir });
  const workers: ChildProcess[] = [];
  try {
    const job = new ProcessJob<undefined>({
      graph,
      environment: jobEnvironment({
        graph,
        registry: createRegistry(),
        tables: new Map(),
        spill: new SpillDirectory(stateDir),
        checkpoints: jobFolder.stateFiles,
        failpoint: () => undefined,
        cells: new ProcessCells(),
        localDir: stateDir,
        style: { colour: false, width: 100 },
        log: () => undefined,
        beforePrint: () => undefined,
      }),
      folder: jobFolder,
      worker: new URL('./application-worker.js', import.meta.url),
      job: undefined,
      ...(run.silenceMs === undefined ? {} : { silenceMs: run.silenceMs }),
      ...(run.route === undefined ? {} : { route: run.route }),
      observe: (notice) => run.observe?.(notice, running),
    });
    const running = { workers, startWorker: (slots: number) => void workers.push(job.startWorker(slots)) };
    for (const slots of run.workers) running.startWorker(slots);
    return await job.run();
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
    jobFolder.release();
  }
}
