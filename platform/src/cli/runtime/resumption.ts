/**
 * What a run goes on from, found out before anything starts: the state's plan is compared with the one of now, what is
 * kept is said, and what must not be restored is refused.
 *
 * Invariants
 * - The JobMaster is given what was said here, and restores no more and no less: see checkpoint/edited-state.ts.
 * - A plan is compared with the plan of the very checkpoint that is restored, whichever runs there were in between.
 */
import type { CheckpointMetadata } from '../../checkpoint/checkpoint-metadata.js';
import type { JobStart } from '../../coordinator/job-options.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import { comparePlans, refusalOf, type Compatibility, type RestorePlan } from '../../plan/compatibility/index.js';
import { compatibilityText } from '../presentation/compatibility-text.js';
import type { JobFolder } from '../storage/job-folder.js';
import { savedCheckpoints, savepointIn } from '../storage/saved-state.js';
import { planBytes, planOf } from './plan-text.js';

export interface Resumption {
  /** Of now. */
  readonly plan: Uint8Array;
  /** What is kept of state of other plans, by the plan's name in the storage. */
  readonly edits: ReadonlyMap<string, RestorePlan>;
}

export interface ResumptionOptions {
  readonly start: JobStart;
  readonly allowNonRestoredState: boolean;
  readonly secrets: ReadonlySet<string>;
}

/**
 * @param say for the user, what an edited application keeps
 * @throws TidegateError TG440, TG441 what must not be restored; TG421, TG422 what cannot be read
 */
export async function prepareResumption(
  folder: Pick<JobFolder, 'storage' | 'stateFiles'>,
  graph: StreamGraph,
  { start, allowNonRestoredState, secrets }: ResumptionOptions,
  say: (text: string) => void,
): Promise<Resumption> {
  const plan = planBytes(graph, secrets);
  const edits = new Map<string, RestorePlan>();
  const saved = await startingPoints(folder, start);
  for (const metadata of saved) {
    const compatibility = await compared(folder, metadata, plan);
    if (compatibility === undefined || metadata.plan === undefined) continue;
    edits.set(metadata.plan.name, compatibility.restore);
    if (metadata !== saved.at(-1)) continue;
    const refusal = refusalOf(compatibility, { allowNonRestoredState });
    // The refusal itself says what is gone.
    const changes = compatibility.changes.filter(
      ({ effect, unreadable }) => refusal === undefined || !(effect === 'gone' || unreadable),
    );
    const text = compatibilityText({ ...compatibility, changes });
    if (text !== '') say(text.trimEnd());
    if (refusal !== undefined) throw refusal;
  }
  return { plan, edits };
}

/** What may be restored, the one to begin with last. */
async function startingPoints(
  { storage }: Pick<JobFolder, 'storage'>,
  start: JobStart,
): Promise<readonly CheckpointMetadata[]> {
  switch (start.from) {
    case 'beginning':
      return [];
    case 'savepoint':
      return [await savepointIn(storage, start.folder)];
    default:
      return savedCheckpoints(storage, start.from);
  }
}

/** Undefined when it is the same plan, or nobody kept it. */
async function compared(
  { stateFiles }: Pick<JobFolder, 'stateFiles'>,
  { plan: file, type }: CheckpointMetadata,
  now: Uint8Array,
): Promise<Compatibility | undefined> {
  if (file === undefined) return undefined;
  const before = await stateFiles.read({ file });
  return Buffer.compare(before, now) === 0 ? undefined : comparePlans(planOf(before), planOf(now), type);
}
