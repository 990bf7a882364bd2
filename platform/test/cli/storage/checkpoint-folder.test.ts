import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckpointBarrier } from '../../../src/job/checkpoint-barrier.js';
import { CheckpointFolder } from '../../../src/cli/storage/checkpoint-folder.js';

const ID = { epoch: 1, attempt: 2, task: 'rules.a/b', subtask: 3 };
const BARRIER = (checkpoint: number): CheckpointBarrier => ({
  checkpoint,
  timestamp: 0,
  type: 'checkpoint',
  alignment: { mode: 'aligned' },
  then: 'continue',
});
const chunks = [Uint8Array.of(1, 2, 3), new Uint8Array(), Uint8Array.of(4)];

describe('the folder of state files', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'tidegate-state-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('gives back what was written, whatever its name', async () => {
    const folder = new CheckpointFolder(root);
    const file = await folder.target(ID, BARRIER(7)).write('../rules.ü/x', chunks);
    assert.deepEqual([...(await folder.readFile(file))], [1, 2, 3, 4]);
    assert.ok(!file.name.includes('..'.concat('/')));
  });

  it('gives inline bytes as they are', async () => {
    assert.deepEqual([...(await new CheckpointFolder(root).read({ inline: Uint8Array.of(9) }))], [9]);
  });

  it('never writes over a file: a second attempt to write it fails', async () => {
    const target = new CheckpointFolder(root).target(ID, BARRIER(7));
    await target.write('x', chunks);
    await assert.rejects(target.write('x', [Uint8Array.of(5)]), /EEXIST/);
  });

  it('takes a local file in, so that it stays when the local one goes', async () => {
    const folder = new CheckpointFolder(root);
    const local = join(root, '000012.sst');
    writeFileSync(local, 'sorted');
    const first = await folder.target(ID, BARRIER(1)).share('db-1/12', local);
    unlinkSync(local);
    assert.equal(Buffer.from(await folder.readFile(first)).toString(), 'sorted');
  });

  const damages: [row: string, damage: (path: string) => void][] = [
    [
      'F51: one flipped bit',
      (path) =>
        writeFileSync(
          path,
          readFileSync(path).map((byte, i) => (i === 2 ? byte ^ 4 : byte)),
        ),
    ],
    ['F52: a truncated file', (path) => truncateSync(path, 3)],
    ['F52: an empty file', (path) => truncateSync(path, 0)],
    ['F52: a missing file', (path) => unlinkSync(path)],
  ];
  for (const [row, damage] of damages) {
    it(`${row} is told, and never read as state`, async () => {
      const folder = new CheckpointFolder(root);
      const file = await folder.target(ID, BARRIER(7)).write('x', chunks);
      damage(join(root, file.name));
      await assert.rejects(folder.readFile(file), { code: 'TG421' });
    });
  }
});
