import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { identityOf, isAlive } from '../../../src/cli/storage/process-identity.js';
import { eventually } from '../../cluster/cluster.js';

describe('a process', () => {
  it('is alive, and is another one where it began at another time', () => {
    const own = identityOf(process.pid);
    assert.equal(isAlive(own), true);
    if (process.platform === 'linux') assert.equal(isAlive({ ...own, began: '1' }), false);
  });

  it('that was killed and that nobody has asked for its exit code is not alive', async function () {
    if (process.platform !== 'linux') this.skip();
    // The shell becomes a program that asks for no child's exit code.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const child = identityOf(Number(String(line)));
      assert.equal(isAlive(child), true);
      await eventually(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
      process.kill(child.pid, 'SIGKILL');
      await eventually(() => readFileSync(`/proc/${child.pid}/stat`, 'utf8').includes(') Z '));
      assert.equal(isAlive(child), false);
      assert.equal(isAlive({ ...child, began: '' }), false);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});
