/** The processor's time that some work takes, by what the work is. */
export class CpuMeter {
  readonly #us = new Map<string, number>();

  of<T>(what: string, work: () => T): T {
    const before = process.cpuUsage();
    const result = work();
    const { user, system } = process.cpuUsage(before);
    this.#us.set(what, (this.#us.get(what) ?? 0) + user + system);
    return result;
  }

  /** Of all that was measured since it was asked last, ms. */
  take(): Readonly<Record<string, number>> {
    const taken = Object.fromEntries([...this.#us].map(([what, us]) => [what, Math.round(us / 1000)]));
    this.#us.clear();
    return taken;
  }
}
