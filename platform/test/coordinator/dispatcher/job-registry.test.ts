import assert from 'node:assert/strict';
import { TidegateError } from '../../../src/common/errors.js';
import type { Storage, StorageRequest } from '../../../src/common/storage.js';
import { MemoryStorage } from '../../../src/cli/storage/memory-storage.js';
import { JobRegistry } from '../../../src/coordinator/dispatcher/job-registry.js';
import { submissionOf } from './submissions.js';

const END = { state: 'finished', restarts: 0, endedAt: 9 } as const;
const isCoded = (code: string) => (error: unknown) => error instanceof TidegateError && error.code === code;

describe('the registry of jobs', () => {
  it('gives the next coordinator what was put into it', async () => {
    const storage = new MemoryStorage();
    const registry = new JobRegistry(storage);
    assert.deepEqual(await registry.read(), []);
    await registry.put('a/b ü', { kind: 'submitted', submission: submissionOf('a/b ü') });
    await registry.put('x', { kind: 'submitted', submission: submissionOf('x') });
    await registry.put('x', { kind: 'cancelled' });
    await registry.put('y', { kind: 'submitted', submission: submissionOf('y') });
    await registry.put('y', { kind: 'ended', end: END });
    assert.deepEqual(await new JobRegistry(storage).read(), [
      { submission: submissionOf('a/b ü'), isCancelled: false, end: undefined },
      { submission: submissionOf('x'), isCancelled: true, end: undefined },
      { submission: submissionOf('y'), isCancelled: false, end: END },
    ]);
  });

  it('forgets a former submission when there is a new one', async () => {
    const storage = new MemoryStorage();
    const registry = new JobRegistry(storage);
    await registry.put('x', { kind: 'submitted', submission: submissionOf('x') });
    await registry.put('x', { kind: 'ended', end: END });
    await registry.put('x', { kind: 'submitted', submission: submissionOf('x', 'other') });
    assert.deepEqual(await new JobRegistry(storage).read(), [
      { submission: submissionOf('x', 'other'), isCancelled: false, end: undefined },
    ]);
    assert.deepEqual(await storage.request({ op: 'list', prefix: 'jobs/' }), {
      ok: true,
      names: ['jobs/x/0000000003'],
    });
  });

  it('forgets a job, also where it was killed before the last entry was gone', async () => {
    const storage = new MemoryStorage();
    const registry = new JobRegistry(storage);
    await registry.put('x', { kind: 'submitted', submission: submissionOf('x') });
    await registry.put('x', { kind: 'ended', end: END });
    await registry.put('x', { kind: 'deleted' });
    assert.equal((await new JobRegistry(storage).read())[0]?.isDeleted, true);
    await storage.request({ op: 'delete', names: ['jobs/x/0000000001', 'jobs/x/0000000002'] });
    assert.deepEqual(await new JobRegistry(storage).read(), []);
    await registry.remove('x');
    assert.deepEqual(await storage.request({ op: 'list', prefix: 'jobs/' }), { ok: true, names: [] });
    await registry.put('x', { kind: 'submitted', submission: submissionOf('x', 'other') });
    assert.equal((await new JobRegistry(storage).read())[0]?.submission.hash, 'other');
  });

  it('lets one of two coordinators write, and tells the other that it does not lead', async () => {
    const storage = new MemoryStorage();
    const [one, other] = [new JobRegistry(storage), new JobRegistry(storage)];
    await Promise.all([one.read(), other.read()]);
    await one.put('x', { kind: 'submitted', submission: submissionOf('x') });
    await assert.rejects(
      other.put('x', { kind: 'submitted', submission: submissionOf('x', 'other') }),
      isCoded('TG453'),
    );
  });

  it('takes an entry that is there already for its own when it is the very same: its answer was lost', async () => {
    const storage = new MemoryStorage();
    let isLost = true;
    const losing: Storage = {
      async request(request: StorageRequest) {
        const answer = await storage.request(request);
        if (request.op !== 'create' || !isLost) return answer;
        isLost = false;
        return { ok: false, code: 'io', message: 'the line is cut' };
      },
    };
    const registry = new JobRegistry(losing);
    const entry = { kind: 'submitted', submission: submissionOf('x') } as const;
    await assert.rejects(registry.put('x', entry), isCoded('TG424'));
    await registry.put('x', entry);
    await registry.put('x', { kind: 'cancelled' });
    assert.equal((await new JobRegistry(storage).read())[0]?.isCancelled, true);
  });

  it('says which entry is damaged, and does not begin without it', async () => {
    const storage = new MemoryStorage();
    await storage.request({ op: 'create', name: 'jobs/x/0000000001', bytes: Buffer.from('half an ent') });
    await assert.rejects(new JobRegistry(storage).read(), (error: unknown) => {
      assert.ok(isCoded('TG421')(error));
      return /jobs\/x\/0000000001/.test((error as Error).message);
    });
  });
});
