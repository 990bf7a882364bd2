/**
 * Where a run listens for commands of its user: a unix domain socket, told by a symbolic link in the job's folder.
 *
 *     STATE_DIR/control → the socket
 *
 * Invariants
 * - Only the user who runs the job can connect: the socket has mode 0600, or lies in a folder of mode 0700.
 * - A socket's path is short enough for every system: where the job's folder is too deep, it lies in a temporary folder.
 * - Only the holder of the job's lock makes or removes them; what a killed run left behind is removed by the next.
 */
import { mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** `sun_path` has 104 bytes on macOS, 108 on Linux, a zero included. */
const PATH_BYTES_MAX = 100;
const TEMPORARY = 'tidegate-control-';
const SOCKET = 'control.sock';

/** A fresh path for a run's socket. */
export function claimAddress(stateDir: string): string {
  releaseAddress(stateDir);
  const own = join(stateDir, SOCKET);
  const path = Buffer.byteLength(own) <= PATH_BYTES_MAX ? own : join(mkdtempSync(join(tmpdir(), TEMPORARY)), SOCKET);
  symlinkSync(path, linkOf(stateDir));
  return path;
}

/** Undefined when no run listens, or none ever did. */
export function addressOf(stateDir: string): string | undefined {
  try {
    return readlinkSync(linkOf(stateDir));
  } catch {
    return undefined;
  }
}

export function releaseAddress(stateDir: string): void {
  const path = addressOf(stateDir);
  rmSync(linkOf(stateDir), { force: true });
  if (path === undefined) return;
  rmSync(path, { force: true });
  const isTemporary = dirname(path).startsWith(join(tmpdir(), TEMPORARY));
  if (isTemporary) rmSync(dirname(path), { recursive: true, force: true });
}

function linkOf(stateDir: string): string {
  return join(stateDir, 'control');
}
