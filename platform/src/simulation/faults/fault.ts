/**
 * A fault as data: what breaks, when, and for how long. A plan is a list of them, drawn from the seed before the world
 * begins, so that a failing seed can be shrunk by leaving faults out.
 *
 * Invariants
 * - Every fault ends: after the last one the world is whole again.
 */
interface FaultTimes {
  /** Virtual milliseconds since the world began. */
  readonly at: number;
  /** How long it lasts. */
  readonly ms: number;
}

export type Fault = FaultTimes &
  (
    | { readonly kind: 'crash'; readonly process: string }
    /** Killed between two effects of one step: at the n-th point that it passes. */
    | { readonly kind: 'crash-at-point'; readonly process: string; readonly points: number }
    /** SIGSTOP and SIGCONT: a zombie if it lasts longer than the others wait. */
    | { readonly kind: 'pause'; readonly process: string }
    /** No packet from one to the other. */
    | { readonly kind: 'cut'; readonly from: string; readonly to: string }
    | { readonly kind: 'reset'; readonly a: string; readonly b: string }
    | { readonly kind: 'messages'; readonly loss: number; readonly duplication: number; readonly slowness: number }
    | { readonly kind: 'storage-full' }
    | { readonly kind: 'storage-errors'; readonly probability: number }
    | { readonly kind: 'storage-slow'; readonly factor: number }
    /** What is read comes damaged; what lies there is whole. */
    | { readonly kind: 'storage-damage'; readonly probability: number }
    /** Nobody is told which splits the sources have. */
    | { readonly kind: 'input-refuses'; readonly isRetriable: boolean }
    | { readonly kind: 'broker-down' }
    /** The coordinators of transactions and groups move, and load what they are to know. */
    | { readonly kind: 'broker-moving' }
    | { readonly kind: 'broker-disconnects'; readonly probability: number }
    | { readonly kind: 'broker-slow'; readonly factor: number }
    /** The wall clock jumps and stays there. */
    | { readonly kind: 'clock-jump'; readonly process: string; readonly byMs: number }
    /** Everything the process does takes longer. */
    | { readonly kind: 'slow-process'; readonly process: string; readonly factor: number }
  );

export type FaultKind = Fault['kind'];

/** One line for people. */
export function describeFault({ at, ms, kind, ...rest }: Fault): string {
  const details = Object.entries(rest).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? round(value) : value}`,
  );
  return `${round(at)} ms: ${[kind, ...details].join(' ')}, for ${round(ms)} ms`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
