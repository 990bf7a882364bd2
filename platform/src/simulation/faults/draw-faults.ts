/** Draws the faults of a seed. */
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { Fault, FaultKind } from './fault.js';

export interface FaultOptions {
  readonly coordinators: readonly string[];
  readonly workers: readonly string[];
  /** Virtual milliseconds in which faults begin. */
  readonly from: number;
  readonly to: number;
  readonly min: number;
  readonly max: number;
  /** By which a clock jumps at most. */
  readonly jumpMsMax: number;
}

const JUMP_MS_MIN = 1000;

/** How often each kind is drawn, relative to the others. */
const WEIGHTS: Readonly<Record<FaultKind, number>> = {
  crash: 5,
  'crash-at-point': 8,
  pause: 5,
  cut: 3,
  reset: 3,
  messages: 4,
  'storage-full': 2,
  'storage-errors': 3,
  'storage-slow': 3,
  'storage-damage': 3,
  'input-refuses': 3,
  'broker-down': 4,
  // Some of those that are down: drawn by itself it would change all other worlds.
  'broker-moving': 0,
  'broker-disconnects': 2,
  'broker-slow': 5,
  'clock-jump': 1,
  'slow-process': 2,
};

/** Of the times at which a broker is down, those at which its coordinators move. */
const MOVING_EVERY = 3;

const KINDS = (Object.keys(WEIGHTS) as FaultKind[]).flatMap((kind) => Array<FaultKind>(WEIGHTS[kind]).fill(kind));

/** @returns in the order of their times */
export function drawFaults(random: SeededRandom, options: FaultOptions): Fault[] {
  const count = random.integer(options.min, options.max);
  const faults = Array.from({ length: count }, () => drawFault(random, options));
  return faults.sort((a, b) => a.at - b.at);
}

function drawFault(random: SeededRandom, options: FaultOptions): Fault {
  const { coordinators, workers } = options;
  const everyone = [...coordinators, ...workers];
  const at = random.between(options.from, options.to);
  // Short ones are not noticed, long ones outlast every heartbeat.
  const ms = random.chance(0.5) ? random.between(5, 80) : random.between(80, 600);
  // Who leads is killed as often as all workers together.
  const process = random.chance(0.4) ? random.pick(coordinators) : random.pick(workers);
  const other = random.pick(everyone.filter((name) => name !== process));
  const kind = random.pick(KINDS);
  switch (kind) {
    case 'crash':
    case 'pause':
      return { kind, at, ms, process };
    case 'crash-at-point':
      return { kind, at, ms, process, points: random.integer(0, 40) };
    case 'cut':
      return { kind, at, ms, from: process, to: other };
    case 'reset':
      return { kind, at, ms: 0, a: process, b: other };
    case 'messages':
      return {
        kind,
        at,
        ms,
        loss: random.between(0, 0.4),
        duplication: random.between(0, 0.4),
        slowness: random.between(1, 15),
      };
    case 'storage-full':
      return { kind, at, ms };
    case 'broker-down':
    case 'broker-moving':
      return { kind: Math.floor(at) % MOVING_EVERY === 0 ? 'broker-moving' : 'broker-down', at, ms };
    case 'storage-errors':
    case 'storage-damage':
    case 'broker-disconnects':
      return { kind, at, ms, probability: random.between(0.05, 0.6) };
    case 'storage-slow':
    case 'broker-slow':
      return { kind, at, ms, factor: random.between(3, 60) };
    case 'input-refuses':
      return { kind, at, ms, isRetriable: random.chance(0.6) };
    case 'clock-jump':
      return { kind, at, ms: 0, process, byMs: random.pick([-1, 1]) * random.integer(JUMP_MS_MIN, options.jumpMsMax) };
    case 'slow-process':
      return { kind, at, ms, process, factor: random.between(5, 40) };
  }
}
