/**
 * Connections of which nobody knows yet what they want. Whoever holds many of them open keeps nobody else out: when there are too
 * many, the one that has waited longest goes.
 */
export class WaitingRoom<C> {
  readonly #waiting = new Set<C>();

  /** @param leave told of who has to go; it has left */
  constructor(
    private readonly size: number,
    private readonly leave: (connection: C) => void,
  ) {}

  enter(connection: C): void {
    this.#waiting.add(connection);
    if (this.#waiting.size <= this.size) return;
    const [longest] = this.#waiting;
    this.#waiting.delete(longest!);
    this.leave(longest!);
  }

  /** It has said what it wants, or is gone. */
  exit(connection: C): void {
    this.#waiting.delete(connection);
  }
}
