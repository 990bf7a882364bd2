/** What every checkpoint storage keeps to: see `common/storage.ts`. */
import assert from 'node:assert/strict';
import type { Storage } from '../../src/common/storage.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @param open the storage with what it held before: as another process, or the same after a crash, would see it */
export function storageConformance(open: () => Storage): void {
  const create = (storage: Storage, name: string, text: string) =>
    storage.request({ op: 'create', name, bytes: bytes(text) });

  it('gives back what was created, also to another that opens it', async () => {
    assert.deepEqual(await create(open(), 'a/b/c', 'text'), { ok: true });
    const answer = await open().request({ op: 'read', name: 'a/b/c' });
    assert.deepEqual(answer.ok && [...(answer.bytes ?? [])], [...bytes('text')]);
  });

  it('keeps an empty file apart from one that is not there', async () => {
    await create(open(), 'empty', '');
    const [empty, missing] = [
      await open().request({ op: 'read', name: 'empty' }),
      await open().request({ op: 'read', name: 'missing' }),
    ];
    assert.equal(empty.ok && empty.bytes?.length, 0);
    assert.equal(!missing.ok && missing.code, 'missing');
  });

  it('creates a name once: of two that try at the same time one fails with `exists`, and the content is the winner’s', async () => {
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all([0, 1, 2].map((i) => create(open(), `fence/${round}`, `writer ${i}`)));
      const winners = answers.flatMap((answer, i) => (answer.ok ? [i] : []));
      assert.equal(winners.length, 1);
      assert.ok(answers.every((answer) => answer.ok || answer.code === 'exists'));
      const content = await open().request({ op: 'read', name: `fence/${round}` });
      assert.deepEqual(content.ok && [...(content.bytes ?? [])], [...bytes(`writer ${winners[0]}`)]);
    }
  });

  it('lists by prefix, in the order of code units, whole names', async () => {
    const storage = open();
    for (const name of ['chk/10/m', 'chk/9/m', 'chk/1', 'other/1', 'chk-x']) await create(storage, name, name);
    const listed = async (prefix: string) => {
      const answer = await open().request({ op: 'list', prefix });
      return answer.ok ? answer.names : answer.code;
    };
    assert.deepEqual(await listed('chk/'), ['chk/1', 'chk/10/m', 'chk/9/m']);
    assert.deepEqual(await listed('chk/1'), ['chk/1', 'chk/10/m']);
    assert.deepEqual(await listed(''), ['chk-x', 'chk/1', 'chk/10/m', 'chk/9/m', 'other/1']);
    assert.deepEqual(await listed('none/'), []);
  });

  it('deletes what is there and takes no offence at what is not', async () => {
    const storage = open();
    await create(storage, 'd/1', 'x');
    await create(storage, 'd/2', 'y');
    assert.deepEqual(await storage.request({ op: 'delete', names: ['d/1', 'd/0', 'e/1'] }), { ok: true });
    assert.deepEqual(await storage.request({ op: 'list', prefix: 'd/' }), { ok: true, names: ['d/2'] });
    await storage.request({ op: 'delete', names: ['d/2'] });
    assert.deepEqual(await create(open(), 'd/2', 'again'), { ok: true });
  });
}
