/** Bounds of settings that a declaration does not know: of durations and sizes, and between two values. */
import { renderDuration } from '../../common/duration-text.js';
import type { Settings } from '../application.js';
import { sizeText } from '../schema/written-form.js';

export interface OutOfBounds {
  /** Below `settings`. */
  readonly path: readonly string[];
  readonly found: string;
  /** `less than 10ms` */
  readonly wrong: string;
  readonly help: string;
}

const CHECKPOINT_MS_MIN = 10;
const MEMORY_BYTES_MIN = { state: 16 * 1024 ** 2, network: 1024 ** 2 } as const;

export function outOfBounds(settings: Settings): readonly OutOfBounds[] {
  return [
    ...ofParallelism(settings),
    ...ofCheckpoint(settings.checkpoint),
    ...ofRestart(settings.restart),
    ...ofMemory(settings.memory),
  ];
}

function ofParallelism({ parallelism, maxParallelism }: Settings): OutOfBounds[] {
  if (parallelism <= maxParallelism) return [];
  return [
    {
      path: ['parallelism'],
      found: String(parallelism),
      wrong: `more than maxParallelism, which is ${maxParallelism}`,
      help: 'A subtask without a key group has nothing to do: raise maxParallelism, or lower parallelism.',
    },
  ];
}

function ofCheckpoint(checkpoint: Settings['checkpoint']): OutOfBounds[] {
  if (checkpoint === 'none') return [];
  const help = {
    interval: 'For no checkpoints write checkpoint: none.',
    timeout: 'Write a time such as 10m.',
  } as const;
  return (['interval', 'timeout'] as const)
    .filter((key) => checkpoint[key] < CHECKPOINT_MS_MIN)
    .map((key) => ({
      path: ['checkpoint', key],
      found: renderDuration(checkpoint[key]),
      wrong: `less than ${CHECKPOINT_MS_MIN}ms`,
      help: help[key],
    }));
}

function ofRestart({ initial, max }: Settings['restart']): OutOfBounds[] {
  if (initial === undefined || max === undefined || initial <= max) return [];
  const wrong = `less than initial, which is ${renderDuration(initial)}`;
  return [{ path: ['restart', 'max'], found: renderDuration(max), wrong, help: 'The waits grow from initial to max.' }];
}

function ofMemory(memory: Settings['memory']): OutOfBounds[] {
  return (['state', 'network'] as const)
    .filter((key) => memory[key] < MEMORY_BYTES_MIN[key])
    .map((key) => {
      const least = sizeText(MEMORY_BYTES_MIN[key]);
      const help = `It needs at least ${least} to work at all.`;
      return { path: ['memory', key], found: sizeText(memory[key]), wrong: `less than ${least}`, help };
    });
}
