/** How a disturbed job is brought to its end. */
import { ApiClient } from '../../src/cli/cluster/api-client.js';
import { parseAddress } from '../../src/cli/cluster/cluster-address.js';
import { eventually } from '../cluster/cluster.js';

/** Whoever leads may be gone before it has answered. */
const ASK_AGAIN_MS = 20_000;

const later = (ms: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());

/** With everything due put out: whoever leads is asked until it is done. @param apis `HOST:PORT` of the coordinators */
export async function stopJob(apis: readonly string[], name: string, patienceMs: number): Promise<void> {
  const clients = apis.map((api) => new ApiClient(parseAddress('coordinator', api)));
  await within(patienceMs, 'the job has not stopped', async () => {
    for (const client of clients) {
      // Who is stopped, or has too much to do, may answer nothing at all.
      const job = await Promise.race([client.job(name).catch(() => undefined), later(ASK_AGAIN_MS)]);
      if (job?.endedAt !== undefined) return true;
      if (job?.run?.state === 'running')
        await Promise.race([client.stop(name, true).catch(() => undefined), later(ASK_AGAIN_MS)]);
    }
    return false;
  });
}

/** @throws what is said of it when it has not come by then */
export async function within(
  ms: number,
  otherwise: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  await eventually(condition, ms).catch((cause: unknown) => {
    throw new Error(`${otherwise} after ${ms} ms`, { cause });
  });
}
