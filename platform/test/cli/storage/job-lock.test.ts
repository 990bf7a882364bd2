import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobLock } from '../../../src/cli/storage/job-lock.js';

describe('the lock of a job', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tidegate-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('F35: is refused while its process lives, and names the process', () => {
    const lock = new JobLock(folder);
    assert.throws(() => new JobLock(folder, process.ppid), { code: 'TG409', message: new RegExp(String(process.pid)) });
    lock.release();
    new JobLock(folder).release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is taken over from a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid, began: '1' }));
    const lock = new JobLock(folder);
    assert.equal(lock.former, pid);
    lock.release();
    assert.equal(existsSync(join(folder, 'lock')), false);
    assert.equal(new JobLock(folder).former, undefined, 'it was released');
  });

  it('is taken over when its process number belongs to a later process', () => {
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, began: '1' }));
    new JobLock(folder).release();
  });

  it('is taken over when it was never written whole', () => {
    writeFileSync(join(folder, 'lock'), '{"pid":');
    new JobLock(folder).release();
  });
});
