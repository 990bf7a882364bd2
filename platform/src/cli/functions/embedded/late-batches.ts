/**
 * Batches of a thread that were given up, and whose handlers have not ended: what they do has no effect any more, but takes the
 * thread's time, for ever if it is an endless loop that waits in between. So they have a while, and no longer.
 */
import type { RunningMessage } from '@tidegate/functions-sdk/protocol';

interface LateBatch {
  readonly who: string | undefined;
  readonly timer: NodeJS.Timeout;
}

export class LateBatches {
  readonly #batches = new Map<string, LateBatch>();

  /** @param overdue called for each that has not ended after another `timeoutMs` */
  constructor(
    private readonly timeoutMs: number,
    private readonly overdue: (message: RunningMessage) => void,
  ) {}

  /** @param who for people */
  begin(message: RunningMessage, who: string | undefined): void {
    const timer = setTimeout(() => this.overdue(message), this.timeoutMs);
    timer.unref();
    this.#batches.set(keyOf(message), { who, timer });
  }

  end(message: RunningMessage): void {
    const key = keyOf(message);
    clearTimeout(this.#batches.get(key)?.timer);
    this.#batches.delete(key);
  }

  get isAny(): boolean {
    return this.#batches.size > 0;
  }

  /** Undefined: it is none of them. */
  who(message: RunningMessage): string | undefined {
    return this.#batches.get(keyOf(message))?.who;
  }

  stop(): void {
    for (const { timer } of this.#batches.values()) clearTimeout(timer);
  }
}

function keyOf({ call, batch }: RunningMessage): string {
  return `${call} ${batch}`;
}
