import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeWorkerFolder } from '../../../src/cli/cluster/worker-folder.js';
import { inFolder } from '../../applications/child.js';

describe('the folder of a worker', () => {
  it('is made in the place of those that dead workers of this machine have left, and of nothing else', () =>
    inFolder(async (dataDir) => {
      const own = basename(await makeWorkerFolder(dataDir));
      const { pid } = spawnSync('true');
      const [ownPid, ownBegan] = own.split('-').slice(-3) as [string, string];
      const named = (host: string, process: string | number, began: string): string => {
        const name = `tidegate-worker-${host}-${process}-${began}-abc123`;
        mkdirSync(join(dataDir, name));
        writeFileSync(join(dataDir, name, 'database'), 'much');
        return name;
      };
      const host = own.slice('tidegate-worker-'.length).split('-').slice(0, -3).join('-');
      named(host, pid, '17');
      // Its number is another's by now.
      named(host, ownPid, `${Number(ownBegan) - 1}`);
      const kept = [own, named('another-machine', pid, '17')];
      mkdirSync(join(dataDir, 'tidegate-worker-old'));
      const next = basename(await makeWorkerFolder(dataDir));
      assert.deepEqual(readdirSync(dataDir).sort(), [...kept, next, 'tidegate-worker-old'].sort());
    }));
});
