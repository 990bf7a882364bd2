/**
 * The plan of what was submitted, as the coordinator's surroundings have it: its environment gives the placeholders, its
 * disk the files that the application names.
 *
 * Invariants
 * - The same texts and surroundings give the same plan: it is made anew at each start, and secrets are kept nowhere.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Diagnostic } from '../../common/diagnostic.js';
import { TidegateError } from '../../common/errors.js';
import type { ApplicationFile } from '../../coordinator/dispatcher/job-submission.js';
import type { ObjectStorageLocation } from '../../job/object-storage.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import { checkInput } from '../check-application.js';
import type { Io } from '../io.js';
import { planBytes } from '../runtime/plan-text.js';
import type { CheckpointPlace } from '../storage/checkpoint-storage.js';
import { locationOfJob } from '../storage/s3/location.js';

export interface SubmittedApplication {
  readonly files: readonly ApplicationFile[];
  /** Absolute. */
  readonly baseDir: string;
  /** Instead of `settings.parallelism`. */
  readonly parallelism?: number;
}

export interface PlannedSubmission {
  readonly diagnostics: readonly Diagnostic[];
  /** There exactly when there is no error. */
  readonly plan?: { readonly graph: StreamGraph; readonly secrets: ReadonlySet<string>; readonly hash: string };
}

/** Where the state of all jobs is: that of each in a place of its own. */
export interface JobsPlace {
  /** Absolute. */
  readonly dir: string;
  /** Checkpoints are kept there instead. */
  readonly objectStorage?: ObjectStorageLocation;
}

/** @param place the state of the job lies there, whatever `settings.stateDir` says. @throws TidegateError TG406 */
export function planSubmission(
  { files, baseDir, parallelism }: SubmittedApplication,
  place: JobsPlace,
  env: Io['env'],
): PlannedSubmission {
  const checked = checkInput({ texts: files, baseDir }, { env, cwd: baseDir });
  const { diagnostics, graph, loaded } = checked;
  if (graph === undefined) return { diagnostics };
  const { maxParallelism } = graph.settings;
  if (parallelism !== undefined && parallelism > maxParallelism) {
    const text = `the parallelism is to be ${parallelism}; expected 1 to ${maxParallelism} (settings.maxParallelism)`;
    throw new TidegateError('TG406', text);
  }
  const settings = {
    ...graph.settings,
    ...placeOfJob(place, graph.name),
    parallelism: parallelism ?? graph.settings.parallelism,
  };
  const planned = { ...graph, settings };
  // Coordinators that have no folder in common know the same job by the same hash.
  const told = place.objectStorage === undefined ? planned : { ...planned, settings: { ...settings, stateDir: '' } };
  const hash = createHash('sha256').update(planBytes(told, loaded.secrets)).digest('hex');
  return { diagnostics, plan: { graph: planned, secrets: loaded.secrets, hash } };
}

export function placeOfJob({ dir, objectStorage }: JobsPlace, job: string): CheckpointPlace {
  const stateDir = join(dir, encodeURIComponent(job));
  return { stateDir, ...(objectStorage === undefined ? {} : { objectStorage: locationOfJob(objectStorage, job) }) };
}
