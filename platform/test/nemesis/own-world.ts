/**
 * A world of its own for what starts many processes and mounts disks: namespaces of mounts and of processes, which end with
 * it, whatever ends it. Where the machine has none, the same without.
 *
 * Invariants
 * - Nothing is left behind: neither its folder nor a process, also when it is interrupted.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OWN = ['unshare', '--mount', '--mount-proc', '--pid', '--fork', '--kill-child'] as const;
const INSIDE = 'TIDEGATE_TEST_WORLD';

/** Of the world that this process is in. Undefined: it is outside. */
export function ownWorld(): { readonly folder: string; readonly hasMounts: boolean } | undefined {
  const [mode, folder] = (process.env[INSIDE] ?? '').split(':', 2);
  return folder === undefined ? undefined : { folder, hasMounts: mode === 'mounts' };
}

/** Runs this very command inside. @returns its exit code */
export async function runInOwnWorld(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-world-'));
  const hasMounts = spawnSync(OWN[0], [...OWN.slice(1), 'mount', '-t', 'tmpfs', 'tmpfs', folder]).status === 0;
  try {
    const [command = '', ...words] = [
      ...(hasMounts ? OWN : []),
      process.execPath,
      ...process.execArgv,
      ...process.argv.slice(1),
    ];
    const env = { ...process.env, [INSIDE]: `${hasMounts ? 'mounts' : 'none'}:${folder}` };
    const child = spawn(command, words, { env, stdio: ['pipe', 'inherit', 'inherit'], detached: true });
    const interrupt = (): void => void child.stdin.end();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Aborts when whoever is outside ends, or was told to. */
export function interrupted(): AbortSignal {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.stdin.on('end', stop).on('error', stop).resume();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  return abort.signal;
}
