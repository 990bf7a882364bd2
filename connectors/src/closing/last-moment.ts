/** What is under way when a reader or writer is closed: it gets a moment. */
import type { ConnectorContext } from '../api/index.js';

/** Resolves when the work has ended, however, and after `ms` at the latest. */
export function lastMoment(
  { schedule }: Pick<ConnectorContext, 'schedule'>,
  ms: number,
  work: Promise<unknown>,
): Promise<void> {
  return new Promise((resolve) => {
    const cancel = schedule(ms, resolve);
    const done = (): void => {
      cancel();
      resolve();
    };
    work.then(done, done);
  });
}
