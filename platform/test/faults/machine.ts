/** What a machine allows a test to do to a process. Where it does not, the test says so and counts as skipped. */
import { spawnSync } from 'node:child_process';

/** Skips the test where the command itself is refused. */
export function needs(test: Mocha.Context, what: string, ...command: readonly string[]): void {
  const [first = '', ...rest] = command;
  if (spawnSync(first, rest).status === 0) return;
  process.stderr.write(`skipped: ${what} is not possible on this machine\n`);
  test.skip();
}
