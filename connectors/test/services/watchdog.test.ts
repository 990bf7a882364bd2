import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../../scripts/services/broker-tools.js';

const WATCHDOG = new URL('../../scripts/services/watchdog.js', import.meta.url).href;

/** Has a server that a watchdog is to end, and says which; then it does what it is told. */
const script = (then: string): string => `
import { spawn } from 'node:child_process';
import { endWithUs } from ${JSON.stringify(WATCHDOG)};
const server = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
server.unref();
const release = endWithUs(server.pid);
console.log(server.pid);
${then}`;

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function started(then: string) {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script(then)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, pid: Number(line.toString()) };
}

describe('a server that is to end with who has started it', () => {
  it('ends when that one is killed', async () => {
    const { parent, pid } = await started('setInterval(() => undefined, 1000);');
    assert.ok(lives(pid));
    parent.kill('SIGKILL');
    await until(async () => !lives(pid));
  });

  it('ends when that one has ended, and keeps nobody from that', async () => {
    const { parent, pid } = await started('');
    const [code] = (await once(parent, 'exit')) as [number];
    assert.equal(code, 0);
    await until(async () => !lives(pid));
  });

  it('is left alone when it is released: its number may be another’s by then', async () => {
    const { parent, pid } = await started(`release();`);
    await once(parent, 'exit');
    // Whoever would end it has read that there is nothing to do, or would have done so before this one.
    const other = await started('');
    await until(async () => !lives(other.pid));
    assert.ok(lives(pid));
    process.kill(pid, 'SIGKILL');
  });
});
