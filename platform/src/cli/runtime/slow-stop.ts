/** What whoever has stopped a run is told where its end takes a while: what it waits for, and how to be rid of it. */
import type { EmbeddedJob } from '../../taskmanager/embedded-job.js';
import { systemClock } from './system-clock.js';

/** Most runs have ended by then. */
const SLOW_MS = 1000;
const SAY_EVERY_MS = 10_000;

/** @param say told a line, and again from time to time @returns ends it */
export function tellOfSlowStop(job: EmbeddedJob, say: (line: string) => void): () => void {
  const tell = (): void => {
    say(
      `stopping: ${reasonOf(job.awaited())}. Ctrl-C again ends the run at once; the next one goes on from the latest checkpoint.`,
    );
    cancel = systemClock.schedule(SAY_EVERY_MS, tell);
  };
  let cancel = systemClock.schedule(SLOW_MS, tell);
  return () => cancel();
}

function reasonOf(awaited: readonly string[]): string {
  return awaited.length === 0
    ? 'what was read is processed and written first'
    : `the last checkpoint waits for ${awaited.join(', ')}`;
}
