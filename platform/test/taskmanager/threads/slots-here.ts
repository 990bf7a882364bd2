/**
 * Slots that are told apart like threads, with messages that are copied and come later, but run in this thread: so that
 * many jobs can be run on them in a short time.
 */
import type { StreamGraph } from '../../../src/job/stream-graph.js';
import type { JobEnvironment } from '../../../src/taskmanager/environment.js';
import { SlotHost } from '../../../src/taskmanager/threads/slot-host.js';
import type { SlotReport } from '../../../src/taskmanager/threads/slot-messages.js';
import type { SlotThread, SlotThreadEvents, SlotThreads } from '../../../src/taskmanager/threads/slot-threads.js';

export class SlotsHere implements SlotThreads {
  /** In the order of their starts. */
  readonly started: number[] = [];
  readonly #living = new Map<number, () => void>();

  constructor(
    private readonly graph: StreamGraph,
    private readonly environment: JobEnvironment,
  ) {}

  start(slot: number, events: SlotThreadEvents): SlotThread {
    this.started.push(slot);
    let isAlive = true;
    let closed: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (closed = resolve));
    const later = (act: () => void): void => {
      setImmediate(() => {
        if (isAlive) act();
      });
    };
    const host = new SlotHost(this.graph, this.environment, {
      send: (report) => {
        const copy: SlotReport = structuredClone(report);
        later(() => events.heard(copy));
      },
      broken: (error) => later(() => events.lost(error.message)),
      closed,
    });
    this.#living.set(slot, () => {
      isAlive = false;
      host.receive({ kind: 'close' });
      events.lost('the test has killed it');
    });
    return {
      send: (command) => {
        const copy = structuredClone(command);
        later(() => host.receive(copy));
      },
      close: () => {
        host.receive({ kind: 'close' });
        return ended;
      },
    };
  }

  /** As if the thread had crashed. */
  kill(slot: number): void {
    this.#living.get(slot)?.();
    this.#living.delete(slot);
  }
}
