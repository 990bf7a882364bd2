import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, ROOT } from '../applications/child.js';
import { needs } from '../faults/machine.js';
import { cardTesting } from './cluster.js';

/** A network of its own, in which what comes faster than this is dropped: every few packets. */
const NETWORK = 'ip link set lo mtu 1500 up && tc qdisc add dev lo root tbf rate 24mbit burst 16kb limit 24kb';

/** What ends with its first process. */
const OWN = ['unshare', '--net', '--map-root-user', '--pid', '--fork', '--kill-child', 'sh', '-c'] as const;

/** Two workers, and a coordinator that ends with its application; then, what the network has dropped. */
const CLUSTER = `${NETWORK} && {
  "$@" worker --slots 1 --data-dir one &
  "$@" worker --slots 1 --data-dir two &
  "$@" coordinator --application application --state-dir state
  code=$?
  tc -s qdisc show dev lo
  exit $code
}`;

const LIFETIME_MS = 150_000;

/** @returns what all of it has said, and the exit code of the coordinator */
function inNetwork(folder: string): Promise<{ readonly code: number | null; readonly said: string }> {
  const [command, ...words] = [...OWN, CLUSTER, 'sh', process.execPath, join(ROOT, 'platform', 'bin', 'tidegate.cjs')];
  const child = spawn(command, words, {
    ...{ cwd: folder, timeout: LIFETIME_MS, killSignal: 'SIGKILL' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, said }));
  });
}

describe('a cluster on a network that loses packets', function () {
  this.timeout(180_000);

  it('F23: finds what a run on one machine finds, and begins nothing anew', function () {
    needs(this, 'a network that loses packets', ...OWN, NETWORK);
    return inFolder(async (folder) => {
      const example = await cardTesting(folder, 60_000, 200);
      const file = join(example.path, 'application.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('settings: {', 'settings: { parallelism: 2,'));
      const { code, said } = await inNetwork(folder);
      assert.equal(code, 0, said);
      const dropped = Number(/dropped (\d+)/.exec(said)?.[1]);
      assert.ok(dropped > 50, `${dropped} packets were dropped\n${said}`);
      assert.doesNotMatch(said, /is restarted|TG433|nothing was heard/);
      assert.deepEqual(example.found(), example.expected);
    });
  });
});
