/** Records that are many enough for a file, while the disk that it belongs on comes and goes. */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem } from '../../src/disk/file-system.js';
import { EpochBuffer } from '../../src/staging/epoch-buffer.js';
import { createContext, type TestContext } from '../support/context.js';

describe('an epoch of many records', () => {
  let context: TestContext;
  beforeEach(() => (context = createContext()));
  afterEach(() => context.remove());

  const bufferAt = (path: string): EpochBuffer =>
    new EpochBuffer({ path, memoryBytes: 10, context, files: nodeFileSystem });

  it('waits for a disk that is away, and holds up who writes meanwhile (F17)', async () => {
    const share = join(context.baseDir, 'share');
    writeFileSync(share, 'nothing is mounted here');
    const path = join(share, 'staged', '1.staged');
    const buffer = bufferAt(path);
    const line = 'x'.repeat(999);
    let count = 0;
    for (; buffer.isReady; count++) {
      buffer.write(line);
      if (count % 100 === 0) await new Promise(setImmediate);
    }
    assert.deepEqual(context.failures, []);
    const ready = new Promise<void>((resolve) => buffer.onReady(resolve));
    rmSync(share);
    await ready;
    await buffer.seal().written;
    assert.equal(readFileSync(path, 'utf8'), `${line}\n`.repeat(count));
    assert.deepEqual(context.failures, []);
  });

  it('that are not wanted any more wait for no disk', async () => {
    const share = join(context.baseDir, 'share');
    writeFileSync(share, 'nothing is mounted here');
    const buffer = bufferAt(join(share, 'staged', '1.staged'));
    buffer.write('x'.repeat(100_000));
    await buffer.discard().catch((error: unknown) => assert.match(String(error), /ENOTDIR/));
    assert.deepEqual(context.failures, []);
  });
});
