/**
 * The folder of a worker's process, for what it alone needs: databases, and what does not fit into memory. Its name says which
 * process of which machine made it, so that what one that was killed has left does not fill the disk.
 *
 * Invariants
 * - Only folders of this machine are removed whose process is gone, whoever made them; those of other machines may share the disk.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { identityOf, isAlive } from '../storage/process-identity.js';

const PREFIX = 'tidegate-worker-';
const NAME = /^tidegate-worker-(.+)-(\d+)-(\d*)-[^-]+$/;

/** @param dataDir there; what dead workers have left in it is removed first @returns absolute, empty */
export async function makeWorkerFolder(dataDir: string): Promise<string> {
  await removeLeft(dataDir);
  const { pid, began } = identityOf(process.pid);
  return mkdtemp(join(dataDir, `${PREFIX}${machine()}-${pid}-${began}-`));
}

async function removeLeft(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const [, host, pid, began = ''] = NAME.exec(name) ?? [];
    if (host !== machine() || isAlive({ pid: Number(pid), began })) continue;
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

function machine(): string {
  return encodeURIComponent(hostname());
}
