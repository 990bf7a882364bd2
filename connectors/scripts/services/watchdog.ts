/**
 * Ends a server with the process that has started it, however that ends: a shell waits for the end of a pipe that only this
 * process holds open, which the system closes also behind a SIGKILL.
 */
import { spawn } from 'node:child_process';

/** `$1`: the process id. Of what is written into the pipe the first line lets it go. */
const WATCH = 'if read -r _; then exit; fi; kill -9 "$1" 2>/dev/null';

/** @param pid of the server. @returns to be called when it has ended: its number may be another's then */
export function endWithUs(pid: number): () => void {
  const watchdog = spawn('sh', ['-c', WATCH, 'watchdog', String(pid)], {
    // Not of the group that a terminal ends with us.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  return () => void watchdog.stdin.end('gone\n');
}
