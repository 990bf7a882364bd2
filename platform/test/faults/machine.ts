/** What a machine allows a test to do to a process. Where it does not, the test says so and counts as skipped. */
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Skips the test where the command itself is refused. */
export function needs(test: Mocha.Context, what: string, ...command: readonly string[]): void {
  const [first = '', ...rest] = command;
  if (spawnSync(first, rest).status === 0) return;
  process.stderr.write(`skipped: ${what} is not possible on this machine\n`);
  test.skip();
}

/** Where Debian and others install it; `TIDEGATE_TEST_FAKETIME` names another place. */
const FAKETIME = [
  process.env['TIDEGATE_TEST_FAKETIME'],
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
];

/** A wall clock that a test may set, for the processes that are started with its environment. */
export interface FakeClock {
  readonly env: Readonly<Record<string, string>>;
  /** From now on the clock is so far from the machine's. */
  jump(hours: number): void;
}

/** Skips the test where there is no libfaketime. The monotonic clock is left alone, as no kernel lets that jump. */
export function fakeClock(test: Mocha.Context, folder: string): FakeClock {
  const library = FAKETIME.find((path) => path !== undefined && existsSync(path));
  if (library === undefined) {
    process.stderr.write('skipped: a clock that jumps needs libfaketime (apt-get install faketime)\n');
    return test.skip();
  }
  const file = join(folder, 'clock');
  const jump = (hours: number): void => {
    writeFileSync(`${file}.new`, `${hours < 0 ? '' : '+'}${hours}h`);
    renameSync(`${file}.new`, file);
  };
  jump(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    jump,
  };
}
