/** A log of invocations whose disk the test moves: what was not synced is gone when the world crashes. */
import { decodeEntry, encodeEntry, type InvocationEntry } from '../../../src/functions/requests/invocation-entry.js';
import type { InvocationLog, LogPosition } from '../../../src/functions/requests/invocation-log.js';

/** What outlives a crash. */
export class MemoryDisk {
  readonly logs = new Map<string, Uint8Array[]>();

  /** As `former-logs.ts` reads folders. */
  past(attempt: number, positions: readonly LogPosition[] | undefined): InvocationEntry[] {
    const known = new Map((positions ?? []).map((one) => [one.log, one]));
    const restored = Math.max(-1, ...(positions ?? []).map((position) => position.attempt));
    return [...this.logs].flatMap(([name, entries]) => {
      const position = known.get(name);
      if (Number(name) >= attempt || (position === undefined && Number(name) <= restored)) return [];
      const isOpen = (number: number): boolean =>
        number >= (position?.next ?? 0) || position?.except.includes(number) === true;
      return entries.filter((_, number) => isOpen(number)).map(decodeEntry);
    });
  }
}

export class MemoryLog implements InvocationLog {
  readonly past: readonly InvocationEntry[];
  #pending: Uint8Array[] = [];
  #next = 0;
  #waiting: { readonly upTo: number; readonly durable: () => void }[] = [];

  constructor(
    private readonly disk: MemoryDisk,
    private readonly attempt: number,
    positions: readonly LogPosition[] | undefined,
  ) {
    this.past = disk.past(attempt, positions);
    disk.logs.set(String(attempt), []);
  }

  append(entry: InvocationEntry, durable?: () => void): number {
    this.#pending.push(encodeEntry(entry));
    const number = this.#next++;
    if (durable !== undefined) this.flush(durable);
    return number;
  }

  flush(durable: () => void): void {
    this.#waiting.push({ upTo: this.#next, durable });
  }

  /** So many of those that wait for it are on the disk. */
  sync(count: number): void {
    this.disk.logs.get(String(this.attempt))!.push(...this.#pending.splice(0, count));
  }

  settle(): boolean {
    const durable = this.#next - this.#pending.length;
    const due = this.#waiting.filter(({ upTo }) => upTo <= durable);
    this.#waiting = this.#waiting.filter(({ upTo }) => upTo > durable);
    for (const one of due) one.durable();
    return due.length > 0;
  }

  position(_checkpoint: number, except: readonly number[]): LogPosition {
    return { log: String(this.attempt), attempt: this.attempt, next: this.#next, except };
  }

  complete(): void {
    // The test keeps everything.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
