import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStorage } from '../../../src/cli/storage/file-storage.js';
import { storageConformance } from '../../common/storage-conformance.js';

describe('a folder as checkpoint storage', () => {
  let folder: string;
  let opened: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-storage-'));
    opened = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  storageConformance(() => new FileStorage(join(folder, 'root'), `w${opened++}`));

  it('never lists what a crash left half-written, and sweeps it away', async () => {
    const storage = new FileStorage(folder, 'w');
    mkdirSync(join(folder, 'chk'));
    writeFileSync(join(folder, 'chk', '.tmp-dead-0'), 'half');
    assert.deepEqual(await storage.request({ op: 'list', prefix: '' }), { ok: true, names: [] });
    await storage.sweep();
    assert.deepEqual(readdirSync(join(folder, 'chk')), []);
  });

  it('F56: lists what is there while folders beside it are removed', async () => {
    const storage = new FileStorage(folder, 'w');
    const stays = 'chk/stays/file';
    const goes = Array.from({ length: 40 }, (_, index) => `chk/goes-${index}/a/file`);
    for (const name of [stays, ...goes]) await storage.request({ op: 'create', name, bytes: new Uint8Array(1) });
    const deleted = storage.request({ op: 'delete', names: goes });
    for (let isOver = false; !isOver;) {
      const turn = await Promise.race([deleted.then(() => 'over'), storage.request({ op: 'list', prefix: 'chk/' })]);
      isOver = turn === 'over';
      if (typeof turn !== 'string') assert.ok(turn.ok && 'names' in turn && turn.names.includes(stays));
    }
    assert.deepEqual(await storage.request({ op: 'list', prefix: '' }), { ok: true, names: [stays] });
  });

  it('F47: leaves nothing behind when the disk does not take the file', async function () {
    const target = join(folder, 'blocked');
    writeFileSync(target, 'a file where a folder is needed');
    const answer = await new FileStorage(folder, 'w').request({
      op: 'create',
      name: 'blocked/x',
      bytes: new Uint8Array(3),
    });
    assert.equal(!answer.ok && answer.code, 'io');
    assert.deepEqual(readdirSync(folder), ['blocked']);
    chmodSync(target, 0o600);
  });
});
