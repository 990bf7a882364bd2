/**
 * What a seed's world is made of, drawn from the seed. Plain data: it is printed with a failing seed.
 *
 * Invariants
 * - At least 2 workers, 2 hash exchanges between at least 2 subtasks each, 200 events, 3 faults.
 */
import type { JobState } from '../../coordinator/job-states.js';
import type { CheckpointSettings, RestartSettings } from '../../job/graph-settings.js';
import type { FileForm } from '../cluster/file-output.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { FunctionsOptions, InputOptions, LoopOptions } from '../workload/input-events.js';

/**
 * - `stop`: with a last checkpoint; `savepoint`: with a savepoint;
 * - `start`: with a savepoint, from which it is then started, with another number of key groups too;
 * - `takeover`: the leader is suspended, and the next one finds another parallelism.
 */
export type RescaleBy = 'stop' | 'savepoint' | 'start' | 'takeover';

export interface Rescale {
  readonly atMs: number;
  readonly to: number;
  readonly maxParallelism: number;
  readonly by: RescaleBy;
}

/** The first time that the job comes into a state, and a while later, it is canceled, or its leader suspended. */
export interface Interruption {
  readonly kind: 'cancel' | 'suspend';
  readonly in: JobState;
  readonly afterMs: number;
}

/** Virtual ms by which a checkpoint may take longer for each ms that a step takes. */
const PATIENCE = 150;
/** As good as without end. */
const RESTARTS_MAX = 1_000_000;
/** Share of the worlds with pattern rules. */
const RULES = 0.15;
/** Share of the worlds with stateful functions. */
const FUNCTIONS = 0.12;
/** Of messages that wait: what is as good as no bound, and what a few messages spend. */
const FUNCTION_BUDGETS = [1 << 20, 3_000] as const;
/** Share of the worlds whose job has a loop. */
const LOOPS = 0.2;
/** Share of the worlds whose barriers do not wait for each other. */
const AT_LEAST_ONCE = 0.1;
/** Share of the worlds in which splits come to light while the job runs. */
const LATE_SPLITS = 0.2;
/** Share of the worlds whose job writes files with the production file sink, in each of its forms. */
const FILES: Readonly<Record<FileForm, number>> = { file: 0.05, folder: 0.05 };
/** Share of the worlds in which one split comes to its end long before the others. */
const ENDS_EARLY = 0.25;
/** Share of the worlds whose elements cross the network as bytes. */
const ENCODES = 0.25;
/** Share of the worlds in which somebody interrupts at the worst time. */
const INTERRUPTED = 0.25;
/** Some states are short. */
const INTERRUPTED_WITHIN_MS = 8;
const INTERRUPTIONS: readonly Omit<Interruption, 'afterMs'>[] = [
  { kind: 'cancel', in: 'initializing' },
  { kind: 'cancel', in: 'created' },
  { kind: 'cancel', in: 'restarting' },
  { kind: 'suspend', in: 'initializing' },
  { kind: 'suspend', in: 'created' },
  { kind: 'suspend', in: 'restarting' },
  { kind: 'suspend', in: 'failing' },
  { kind: 'suspend', in: 'cancelling' },
];
const RESCALE_BY: readonly RescaleBy[] = ['stop', 'savepoint', 'takeover'];
const MAX_PARALLELISMS: readonly number[] = [4, 7, 16, 128];

export interface WorldOptions extends InputOptions {
  readonly seed: number;
  readonly coordinators: number;
  readonly workers: number;
  readonly slotsPerWorker: number;
  readonly parallelism: number;
  /** Goes on with this parallelism on the way. */
  readonly rescale?: Rescale;
  /** The job is canceled on the way, and run again. */
  readonly cancelAtMs?: number;
  readonly interruptions: readonly Interruption[];
  readonly maxParallelism: number;
  readonly checkpoint: CheckpointSettings;
  readonly restart: RestartSettings;
  /** In which the events become available, virtual ms. */
  readonly durationMs: number;
  readonly burst: number;
  /** What a step of a task takes at most, virtual ms: with long steps much is under way all the time. */
  readonly stepMs: number;
  /** How many steps of a worker's tasks nothing else comes between, at most. */
  readonly stepsAtOnce: number;
  /** Fewer frames under way than this give no credit. */
  readonly creditFrames: number;
  /** The job has rules of the production pattern engine beside the probes. */
  readonly hasRules: boolean;
  /** The first split can be read to its end at once, so that checkpoints hold one that has ended beside open ones. */
  readonly endsEarly: boolean;
  /** Elements cross the network as bytes; if not, the machines of the channels send bytes that stand for them. */
  readonly encodes: boolean;
  /** Absent: it writes into the broker. */
  readonly files?: FileForm;
}

export function drawWorldOptions(seed: number, random: SeededRandom): WorldOptions {
  const parallelism = random.pick([2, 2, 2, 3]);
  const durationMs = random.integer(150, 400);
  const rescaleTo = random.pick([2, 3, 4].filter((other) => other !== parallelism));
  const rescale = { atMs: random.between(100, durationMs), to: rescaleTo, by: random.pick(RESCALE_BY) };
  const isRescaled = random.chance(0.3);
  const stepMs = random.pick([0.3, 1, 1.5]);
  const cancelAtMs = random.between(30, durationMs);
  const workers = random.integer(2, 3);
  const slots = isRescaled ? Math.max(parallelism, rescaleTo) : parallelism;
  const options: WorldOptions = {
    seed,
    coordinators: 2,
    workers,
    // One worker may be lost without the job having to wait for it, in half of the worlds.
    slotsPerWorker: random.chance(0.5) ? slots : Math.ceil(slots / workers),
    parallelism,
    ...(random.chance(0.1) ? { cancelAtMs } : {}),
    interruptions: [],
    hasRules: false,
    encodes: false,
    endsEarly: false,
    maxParallelism: random.pick(MAX_PARALLELISMS),
    checkpoint: {
      interval: random.integer(40, 130),
      mode: 'exactly-once',
      ...drawAlignedTimeout(random),
      timeout: random.integer(100, 500) + stepMs * PATIENCE,
      retain: random.integer(1, 3),
      minPause: random.integer(0, 30),
      tolerableFailures: random.integer(0, 3),
    },
    restart: {
      strategy: 'fixed-delay',
      // Where they are few the job fails, and somebody runs it again.
      attempts: random.chance(0.15) ? random.integer(0, 1) : RESTARTS_MAX,
      delay: random.integer(0, 30),
    },
    splits: random.integer(2, 4),
    events: random.integer(200, 210),
    keys: random.integer(3, 16),
    secondKeys: random.integer(2, 9),
    disorder: random.integer(0, 60),
    late: random.pick([0, 0, 0.03]),
    durationMs,
    burst: random.pick([2, 4, 8, 32]),
    stepMs,
    stepsAtOnce: random.pick([1, 4, 8]),
    creditFrames: random.pick([2, 3, 16]),
    // What goes round is seen only while it does.
    ...(random.chance(LOOPS) ? { loop: drawLoop(random), stepsAtOnce: 1 } : {}),
    lateSplits: 0,
  };
  const mode = random.chance(AT_LEAST_ONCE) ? 'at-least-once' : 'exactly-once';
  const interruptions = random.chance(INTERRUPTED) ? drawInterruptions(random) : [];
  const lateSplits = random.chance(LATE_SPLITS) ? random.integer(1, Math.min(2, options.splits - 1)) : 0;
  const fails = interruptions.some((interruption) => interruption.in === 'failing');
  const isStarted = isRescaled && rescale.by === 'savepoint' && random.chance(0.5);
  // Of what is seen twice a pattern makes something else.
  const hasRules = random.chance(RULES) && mode === 'exactly-once';
  const functions = mode === 'exactly-once' ? drawFunctions(random.fork('functions')) : undefined;
  const files = mode === 'exactly-once' ? drawFiles(random) : undefined;
  return {
    ...options,
    hasRules,
    ...(files === undefined ? {} : { files }),
    ...(functions === undefined ? {} : { functions: bounded(functions, options.checkpoint) }),
    ...(isRescaled ? { rescale: { ...rescale, maxParallelism: options.maxParallelism } } : {}),
    ...(isStarted ? startFromSavepoint(rescale, random) : {}),
    checkpoint: { ...options.checkpoint, mode },
    interruptions,
    lateSplits,
    // What is before a late split must not be read to its end before that one has been found.
    ...(lateSplits > 0 ? { burst: random.pick([1, 2, 4]) } : {}),
    // It fails at once, so that it is in that state at all.
    ...(fails ? { restart: { strategy: 'fixed-delay', attempts: 0, delay: 0 } } : {}),
    // With few events a key it is time that ends a window.
    ...(hasRules ? { keys: random.integer(12, 24) } : {}),
    encodes: random.chance(ENCODES),
    // As above: it would be read to its end before a late one has been found.
    endsEarly: random.chance(ENDS_EARLY) && lateSplits === 0,
  };
}

/** Who starts a job from a savepoint is alone: a standby would know nothing of it. */
function startFromSavepoint(rescale: Omit<Rescale, 'maxParallelism'>, random: SeededRandom): Partial<WorldOptions> {
  return { coordinators: 1, rescale: { ...rescale, by: 'start', maxParallelism: random.pick(MAX_PARALLELISMS) } };
}

function drawInterruptions(random: SeededRandom): Interruption[] {
  const { kind, in: state } = random.pick(INTERRUPTIONS);
  const interruption = { kind, in: state, afterMs: random.between(0, INTERRUPTED_WITHIN_MS) };
  if (state !== 'cancelling') return [interruption];
  return [{ kind: 'cancel', in: 'running', afterMs: random.between(0, 300) }, interruption];
}

function drawFiles(random: SeededRandom): FileForm | undefined {
  const drawn = random.between(0, 1);
  if (drawn < FILES.file) return 'file';
  return drawn < FILES.file + FILES.folder ? 'folder' : undefined;
}

function drawFunctions(random: SeededRandom): FunctionsOptions | undefined {
  if (!random.chance(FUNCTIONS)) return undefined;
  return {
    hopsMax: random.integer(0, 2),
    describes: random.chance(0.5),
    budgetBytes: random.pick(FUNCTION_BUDGETS),
  };
}

/** Where barriers wait for all that is before them, little room for messages keeps checkpoints from completing in time. */
function bounded(functions: FunctionsOptions, { alignedTimeout }: CheckpointSettings): FunctionsOptions {
  return alignedTimeout === undefined ? { ...functions, budgetBytes: Math.max(...FUNCTION_BUDGETS) } : functions;
}

function drawLoop(random: SeededRandom): LoopOptions {
  return { from: random.pick(['short', 'long'] as const), lapsMax: random.integer(2, 4) };
}

/** A third of the worlds each: aligned, aligned for a while, and unaligned. */
function drawAlignedTimeout(random: SeededRandom): { readonly alignedTimeout?: number } {
  const kind = random.integer(0, 2);
  if (kind === 0) return {};
  return { alignedTimeout: kind === 1 ? random.integer(1, 30) : 0 };
}
