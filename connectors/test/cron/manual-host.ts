/** A host whose clock goes when it is told to: time passes from one timer to the next. */
import type { ConnectorContext } from '../../src/api/index.js';

export class ManualHost {
  #timers: { readonly at: number; readonly callback: () => void }[] = [];
  readonly context: ConnectorContext;

  constructor(public nowMs: number) {
    this.context = {
      job: 'test',
      name: 'nightly',
      baseDir: '/',
      stateDir: '/',
      now: () => this.nowMs,
      schedule: (ms, callback) => {
        const timer = { at: this.nowMs + ms, callback };
        this.#timers.push(timer);
        return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
      },
      random: () => 0.5,
      fail: (error) => {
        throw error;
      },
    };
  }

  async pass(ms: number): Promise<void> {
    const until = this.nowMs + ms;
    await settled();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.nowMs = Math.max(this.nowMs, due.at);
      due.callback();
      await settled();
    }
    this.nowMs = until;
    await settled();
  }
}

/** What was set off by promises has been done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
