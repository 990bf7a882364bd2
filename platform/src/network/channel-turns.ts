/**
 * Whose turn it is among the channels of a gate.
 *
 * What comes back through a feedback channel goes first: a record enters a loop only when nothing waits there, so a loop
 * holds no more than its forward channels have credit for, times what a record makes on its way round. But a loop that
 * never empties must not shut out the input for ever, nor the barriers in it: a forward channel has its turn also after
 * so many elements from the loop, twice as many each time, until the loop has run empty.
 *
 * Invariants
 * - In one search every channel is asked once at most; within its kind, beginning behind the one that gave last.
 * - While barriers are awaited no kind goes first: kinds take turns.
 */

const PATIENCE_MIN = 16;
const PATIENCE_MAX = 256;

/** The channels of one kind, in turn. */
interface Ring {
  readonly channels: readonly number[];
  next: number;
}

export class ChannelTurns {
  readonly #forward: Ring;
  readonly #loop: Ring;
  /** How many elements of the loop go before one of a forward channel. */
  #patience = PATIENCE_MIN;
  /** From the loop, since a forward channel had its turn. */
  #fromLoop = 0;
  #isLoopFirst = false;
  #asked = 0;

  /** @param feedback for each channel, whether it closes a loop */
  constructor(private readonly feedback: readonly boolean[]) {
    const all = feedback.map((_, channel) => channel);
    this.#forward = { channels: all.filter((channel) => !feedback[channel]), next: 0 };
    this.#loop = { channels: all.filter((channel) => feedback[channel]), next: 0 };
  }

  get hasFeedback(): boolean {
    return this.#loop.channels.length > 0;
  }

  /** A search for an element begins. */
  begin(isFair: boolean): void {
    this.#asked = 0;
    this.#isLoopFirst = this.hasFeedback && this.#fromLoop < (isFair ? 1 : this.#patience);
  }

  /** The channel to ask now; undefined when all have been asked. */
  next(): number | undefined {
    const asked = this.#asked++;
    const first = this.#isLoopFirst ? this.#loop : this.#forward;
    const second = this.#isLoopFirst ? this.#forward : this.#loop;
    if (asked < first.channels.length) return inTurn(first);
    return asked < first.channels.length + second.channels.length ? inTurn(second) : undefined;
  }

  /** The channel that was asked last gave an element. */
  taken(channel: number): void {
    if (this.feedback[channel]!) {
      this.#fromLoop++;
      return;
    }
    if (!this.hasFeedback) return;
    // Asked behind the loop, it has shown that the loop is empty.
    this.#patience = this.#isLoopFirst ? PATIENCE_MIN : Math.min(this.#patience * 2, PATIENCE_MAX);
    this.#fromLoop = 0;
  }
}

function inTurn(ring: Ring): number {
  const channel = ring.channels[ring.next]!;
  ring.next = (ring.next + 1) % ring.channels.length;
  return channel;
}
