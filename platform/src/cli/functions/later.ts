/** What is known at once is told as late as what comes over the network: never from within the call. */
import type { Cancel } from '../../functions/function-client.js';

export function later(tell: () => void): Cancel {
  const immediate = setImmediate(tell);
  return () => clearImmediate(immediate);
}
