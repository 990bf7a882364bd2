/** Faults of real disks and limits, of the rows F45 to F50. What this machine cannot do is skipped and says so. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, type TestContext } from '../../support/context.js';

interface Told {
  readonly place: string;
  readonly code: string;
  readonly retriable: boolean;
  readonly message: string;
  readonly visible: string;
}

const PROCESS = fileURLToPath(new URL('egress-process.js', import.meta.url));

describe('the sink file, exactly once, on a disk with faults', function () {
  // Busy machines are slow.
  this.timeout(60_000);

  let context: TestContext;
  beforeEach(() => {
    context = createContext();
    for (const name of ['disk', 'other']) mkdirSync(join(context.baseDir, name));
  });
  afterEach(() => context.remove());

  /** Runs the egress below a command; undefined where the machine refuses the command itself. */
  const run = (command: readonly string[], base: string, state: string, ...more: string[]): Told => {
    const [first = '', ...rest] = command;
    const args = [...rest, process.execPath, PROCESS, at(base), at(state), ...more];
    const { stdout, stderr } = spawnSync(first, args, { encoding: 'utf8', timeout: 50_000 });
    const line = stdout.split('\n').find((each) => each.startsWith('{'));
    assert.ok(line, `nothing was told: ${stderr}`);
    return JSON.parse(line) as Told;
  };
  const at = (name: string): string => join(context.baseDir, name);
  const can = (...command: string[]): boolean => spawnSync(command[0] ?? '', command.slice(1)).status === 0;
  /** A small disk of its own at `disk`, for the time of a command. */
  const onSmallDisk = (then = ''): readonly string[] => [
    ...['unshare', '-m', 'sh', '-c', `mount -t tmpfs -o size=1m tmpfs "$0" && ${then} exec "$@"`, at('disk')],
  ];
  const canMount = (): boolean => can(...onSmallDisk(), 'true');

  it('F45: fails a checkpoint whose records find no room, and shows none of them', function () {
    if (!canMount()) return this.skip();
    const told = run(onSmallDisk(), 'other', 'disk');
    assert.deepEqual([told.place, told.code, told.retriable, told.visible], ['flush of 2', 'no-space', true, 'one\n']);
    assert.match(told.message, /no space left to write \(ENOSPC\)/);
  });

  it('F45: fails a commit that finds no room, and shows none of its records', function () {
    if (!canMount()) return this.skip();
    const told = run(onSmallDisk(), 'disk', 'other');
    assert.deepEqual([told.place, told.code, told.retriable, told.visible], ['commit of 2', 'no-space', true, 'one\n']);
    assert.equal(readdirSync(join(at('other'), 'staged')).length, 2, 'the staged records stay');
  });

  it('F48: takes a failed fsync for a failure', function () {
    const inject = ['strace', '-f', '-qq', '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO', '-o', '/dev/null'];
    if (!can(...inject, 'true')) return this.skip();
    const told = run(inject, 'disk', 'other');
    assert.deepEqual([told.place, told.code, told.retriable], ['recover', 'io', false]);
    assert.match(told.message, /EIO/);
  });

  it('F49: fails clearly at a limit of the size of files', function () {
    const limit = ['prlimit', '--fsize=1000000', '--'];
    if (!can(...limit, 'true')) return this.skip();
    const told = run(limit, 'disk', 'other');
    assert.deepEqual([told.place, told.code, told.retriable, told.visible], ['flush of 2', 'no-space', false, 'one\n']);
    assert.match(told.message, /a file of that size is not allowed here \(EFBIG\)/);
  });

  it('F49: fails clearly when no more files can be opened', function () {
    const limit = ['prlimit', '--nofile=64', '--'];
    if (!can(...limit, 'true')) return this.skip();
    const told = run(limit, 'disk', 'other', 'hoard');
    assert.deepEqual([told.place, told.code, told.retriable, told.visible], ['flush of 2', 'io', true, 'one\n']);
    assert.match(told.message, /too many open files \(EMFILE\)/);
  });

  it('F50: fails clearly on a read-only file system, and leaves what is there', function () {
    if (!canMount()) return this.skip();
    const readOnly = 'mkdir "$0/out" && echo old > "$0/out/alerts.jsonl" && mount -o remount,ro "$0" &&';
    const told = run(onSmallDisk(readOnly), 'disk', 'other');
    assert.deepEqual([told.place, told.code, told.retriable, told.visible], ['recover', 'io', false, 'old\n']);
    assert.match(told.message, /read-only \(EROFS\)/);
  });
});
