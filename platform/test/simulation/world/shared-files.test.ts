import assert from 'node:assert/strict';
import type { FileSystem } from '@tidegate/connectors/file';
import { SharedFiles } from '../../../src/simulation/world/shared-files.js';
import { drawWorldOptions } from '../../../src/simulation/run/world-options.js';
import { SeededRandom } from '../../../src/simulation/kernel/seeded-random.js';
import { SimulatedGround } from '../simulated-ground.js';

const CALM = { full: false, ioErrors: 0, slowness: 1, damage: 0 };
const RECORDS = ['one\n', 'two\n', 'three\n'];

/** What a process is in the midst of when the world stops. */
function disk(seed: number, weather = CALM) {
  const ground = new SimulatedGround(seed);
  return { ground, files: new SharedFiles(ground.kernel, ground.random, weather) };
}

/** Each record a write, all of it. @param syncedAfter so many of them are synced */
async function write(files: FileSystem, path: string, syncedAfter: number): Promise<void> {
  const file = await files.open(path, 'w');
  for (const [index, record] of RECORDS.entries()) {
    if (index === syncedAfter) await file.sync();
    for (let rest = Buffer.from(record); rest.length > 0;) rest = rest.subarray(await file.write(rest));
  }
  if (syncedAfter === RECORDS.length) await file.sync();
}

describe('the files that simulated processes share', () => {
  it('keep what was synced when a process dies, and of the rest some beginning', async () => {
    const left = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const { ground, files } = disk(seed);
      const process = ground.started('a');
      const written = write(files.of(process), '/x', 1);
      await ground.run();
      await written;
      process.crash();
      left.add(files.read('/x')!);
    }
    const all = RECORDS.join('');
    for (const content of left) assert.ok(content.startsWith('one\n') && all.startsWith(content), content);
    assert.ok(left.has(all), 'a machine may go on without the process');
    assert.ok(
      [...left].some((content) => !content.endsWith('\n')),
      'a write is torn',
    );
  });

  it('keep all that was synced', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { ground, files } = disk(seed);
      const process = ground.started('a');
      const written = write(files.of(process), '/x', RECORDS.length);
      await ground.run();
      await written;
      process.crash();
      assert.equal(files.read('/x'), RECORDS.join(''));
    }
  });

  it('carry out what somebody asked who died since, and tell nobody', async () => {
    const { ground, files } = disk(1);
    const process = ground.started('a');
    void files
      .of(process)
      .open('/x', 'w')
      .then(() => assert.fail('the asker is dead'));
    process.crash();
    await ground.run();
    assert.deepEqual(files.paths(), ['/x']);
  });

  it('answer as Node does', async () => {
    const { ground, files } = disk(1, { ...CALM, full: true });
    const own = files.of(ground.started('a'));
    const answers = Promise.allSettled([
      own.open('/none', 'r'),
      own.open('/x', 'w').then((file) => file.write(Buffer.from('x'))),
      own.open('/y', 'w').then(() => own.open('/y', 'wx')),
      own.status('/none'),
    ]);
    await ground.run();
    assert.deepEqual(
      (await answers).map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : one.value)),
      ['ENOENT', 'ENOSPC', 'EEXIST', undefined],
    );
  });
});

describe('a tenth of the worlds', () => {
  it('writes files, in both forms', () => {
    const drawn = Array.from({ length: 1000 }, (_, seed) => drawWorldOptions(seed, new SeededRandom(seed)).files);
    for (const form of ['file', 'folder'] as const) {
      const count = drawn.filter((one) => one === form).length;
      assert.ok(count > 20 && count < 100, `${count} of 1000 worlds with a ${form}`);
    }
  });
});
