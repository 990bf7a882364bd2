/** Where what Maven fetched for the servers of tests is kept, for all runs of tests. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function libraryCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate', 'services');
}
