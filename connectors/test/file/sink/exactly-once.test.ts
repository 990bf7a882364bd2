/** What a user meets with a file egress that delivers exactly once: the rest is in the conformance suite. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Committer, RestoredEpochs, SinkWriter, StagedEpoch } from '../../../src/api/index.js';
import { FileSink } from '../../../src/file/sink/file-sink.js';
import { nodeFileSystem, type FileSystem } from '../../../src/disk/file-system.js';
import { createContext, type TestContext } from '../../support/context.js';

interface Attempt {
  readonly writer: SinkWriter;
  readonly committer: Committer;
}

describe('the sink file, exactly once,', function () {
  // Busy machines are slow.
  this.timeout(20_000);

  let context: TestContext;
  const opened: Attempt[] = [];
  beforeEach(() => {
    context = createContext();
  });
  afterEach(async () => {
    for (const { writer, committer } of opened.splice(0)) {
      await writer.close();
      await committer.close();
    }
    await context.remove();
  });

  const begin = (path: string, options: { attempt?: number; header?: string; files?: FileSystem } = {}): Attempt => {
    const sink = new FileSink({ path, suffix: '.jsonl' }, context, options.header, options.files ?? nodeFileSystem);
    const subtask = { subtask: 0, parallelism: 1, attempt: options.attempt ?? 1 };
    const writer = sink.createWriter({ ...subtask, delivery: 'exactly-once', restored: false });
    const attempt = { writer, committer: sink.createCommitter(subtask) };
    opened.push(attempt);
    return attempt;
  };
  const stage = async ({ writer }: Attempt, epoch: number, ...payloads: string[]): Promise<StagedEpoch> => {
    for (const payload of payloads) writer.write({ payload, timestamp: 0 });
    const staged = writer.stage(epoch);
    await writer.flush();
    return { subtask: 0, epoch, staged };
  };
  const restored = (...staged: StagedEpoch[]): RestoredEpochs => ({
    epoch: staged.at(-1)?.epoch ?? 0,
    staged,
    rewound: false,
  });
  const at = (name: string): string => join(context.baseDir, name);
  const read = (name: string): string => readFileSync(at(name), 'utf8');
  /** An attempt with one committed epoch, `one`, and its successor `two`, staged. */
  const withTwoEpochs = async (attempt: Attempt): Promise<readonly [StagedEpoch, StagedEpoch]> => {
    await attempt.committer.recover(undefined);
    const one = await stage(attempt, 1, 'one');
    const two = await stage(attempt, 2, 'two');
    await attempt.committer.commit(one);
    return [one, two];
  };

  it('shows nothing before the commit, and then all of it', async () => {
    const attempt = begin('out/alerts.jsonl');
    await attempt.committer.recover(undefined);
    const epoch = await stage(attempt, 1, 'one', 'two');
    assert.equal(read('out/alerts.jsonl'), '');
    await attempt.committer.commit(epoch);
    assert.equal(read('out/alerts.jsonl'), 'one\ntwo\n');
  });

  it('writes the header once, over attempts too', async () => {
    const first = begin('a.csv', { header: 'x' });
    const [one, two] = await withTwoEpochs(first);
    const second = begin('a.csv', { header: 'x', attempt: 2 });
    await second.committer.recover(restored(one, two));
    await second.committer.commit(await stage(second, 3, 'three'));
    assert.equal(read('a.csv'), 'x\none\ntwo\nthree\n');
  });

  it('keeps many records of an epoch out of the checkpoint', async () => {
    const attempt = begin('a.jsonl');
    await attempt.committer.recover(undefined);
    const line = 'x'.repeat(10_000);
    const epoch = await stage(attempt, 1, ...Array.from({ length: 100 }, () => line));
    assert.ok(epoch.staged.length < 1000, `${epoch.staged.length} bytes in the checkpoint`);
    await attempt.committer.commit(epoch);
    assert.equal(read('a.jsonl'), `${line}\n`.repeat(100));
    assert.deepEqual(readdirSync(join(context.stateDir, 'staged')), ['attempt-1']);
  });

  it('has for a savepoint all that was staged in it, which is then committed without what lies here', async () => {
    const lines = Array.from({ length: 60 }, (_, at) => `${at}`.repeat(10_000));
    const first = begin('a.jsonl');
    await first.committer.recover(undefined);
    const [small, large] = [await stage(first, 1, 'small'), await stage(first, 2, ...lines)];
    const embedded = await Promise.all([small, large].map((epoch) => first.committer.embed?.(epoch) ?? epoch));
    assert.equal(embedded[0]?.staged.length, small.staged.length);
    for (const folder of [context.stateDir, at('a.jsonl')]) rmSync(folder, { recursive: true });
    const second = begin('a.jsonl', { attempt: 2 });
    await second.committer.recover(restored(...embedded));
    assert.equal(read('a.jsonl'), `small\n${lines.join('\n')}\n`);
  });

  it('leaves an epoch as it is for a savepoint when it was committed meanwhile', async () => {
    const attempt = begin('a.jsonl');
    await attempt.committer.recover(undefined);
    const epoch = await stage(attempt, 1, 'x'.repeat(300_000));
    await attempt.committer.commit(epoch);
    assert.deepEqual(await attempt.committer.embed?.(epoch), epoch);
    const second = begin('a.jsonl', { attempt: 2 });
    await second.committer.recover(restored(epoch));
    assert.equal(read('a.jsonl'), `${'x'.repeat(300_000)}\n`);
  });

  it('goes back to a checkpoint whose side file is gone, as its records are in the output', async () => {
    const attempt = begin('a.jsonl');
    await attempt.committer.recover(undefined);
    const epoch = await stage(attempt, 1, 'x'.repeat(300_000));
    await attempt.committer.commit(epoch);
    await attempt.committer.commit(await stage(attempt, 2, 'later'));
    const second = begin('a.jsonl', { attempt: 2 });
    await second.committer.recover({ ...restored(epoch), rewound: true });
    assert.equal(read('a.jsonl'), `${'x'.repeat(300_000)}\n`);
    assert.match(context.lines.join(), /a\.jsonl: 6 bytes behind the checkpoint are cut off/);
  });

  it('says when staged records are gone, and shows nothing half', async () => {
    const attempt = begin('a.jsonl');
    await attempt.committer.recover(undefined);
    const epoch = await stage(attempt, 1, 'x'.repeat(300_000));
    rmSync(join(context.stateDir, 'staged'), { recursive: true });
    await assert.rejects(attempt.committer.commit(epoch), {
      code: 'corrupt',
      message: /a\.jsonl: the 300001 bytes that were staged for it are gone/,
    });
    assert.equal(read('a.jsonl'), '');
  });

  const changes: readonly [what: string, change: (path: string) => void, message: RegExp][] = [
    ['shortened', (path) => truncateSync(path, 2), /a\.jsonl has 2 bytes, but 4 were written: somebody shortened/],
    ['emptied', (path) => truncateSync(path, 0), /a\.jsonl has 0 bytes, but 4 were written/],
    ['removed', (path) => rmSync(path), /a\.jsonl (?:was removed|is not there, but 4 bytes had been written)/],
  ];
  for (const [what, change, message] of changes) {
    it(`says that the file was ${what}, at the next commit and at a restore`, async () => {
      const attempt = begin('a.jsonl');
      const [one, two] = await withTwoEpochs(attempt);
      const three = await stage(attempt, 3, 'three');
      await attempt.committer.commit(two);
      truncateSync(at('a.jsonl'), 4);
      const fresh = begin('a.jsonl', { attempt: 2 });
      await fresh.committer.recover(restored(one));
      change(at('a.jsonl'));
      const following = await stage(fresh, 2, 'two');
      await assert.rejects(fresh.committer.commit(following), { code: 'corrupt', message });
      await assert.rejects(begin('a.jsonl', { attempt: 3 }).committer.recover(restored(following, three)), {
        code: 'corrupt',
        message,
      });
    });
  }

  it('makes a file anew that is gone, where nothing had been committed to it', async () => {
    const attempt = begin('a.jsonl');
    await attempt.committer.recover(undefined);
    const one = await stage(attempt, 1, 'one');
    rmSync(at('a.jsonl'));
    const fresh = begin('a.jsonl', { attempt: 2 });
    await fresh.committer.recover(restored(one));
    assert.equal(read('a.jsonl'), 'one\n');
    await fresh.committer.commit(await stage(fresh, 2, 'two'));
    assert.equal(read('a.jsonl'), 'one\ntwo\n');
  });

  it('says that the file was replaced, rather than write into one that is not its own', async () => {
    const attempt = begin('a.jsonl');
    const [one, two] = await withTwoEpochs(attempt);
    renameSync(at('a.jsonl'), at('a.jsonl.1'));
    writeFileSync(at('a.jsonl'), 'not\n');
    await assert.rejects(attempt.committer.commit(two), {
      code: 'corrupt',
      message: /was replaced while it was written/,
    });
    await assert.rejects(begin('a.jsonl', { attempt: 2 }).committer.recover(restored(two)), {
      code: 'corrupt',
      message: /bytes 0 to 4 are not what this egress wrote there/,
    });
    assert.equal(read('a.jsonl'), 'not\n');
    renameSync(at('a.jsonl.1'), at('a.jsonl'));
    await begin('a.jsonl', { attempt: 3 }).committer.recover(restored(one, two));
    assert.equal(read('a.jsonl'), 'one\ntwo\n');
  });

  it('says that somebody else appends, and overwrites nothing of theirs', async () => {
    const attempt = begin('a.jsonl');
    const [, two] = await withTwoEpochs(attempt);
    appendFileSync(at('a.jsonl'), 'theirs\n');
    await assert.rejects(attempt.committer.commit(two), {
      code: 'corrupt',
      message: /7 bytes were appended by somebody/,
    });
    assert.equal(read('a.jsonl'), 'one\ntheirs\n');
  });

  it('goes on at the end of a file of which no checkpoint knows, behind its last whole line', async () => {
    writeFileSync(at('a.jsonl'), 'earlier\nhal');
    const attempt = begin('a.jsonl');
    await attempt.committer.recover({ epoch: 7, staged: [], rewound: false });
    await attempt.committer.commit(await stage(attempt, 8, 'one'));
    assert.equal(read('a.jsonl'), 'earlier\none\n');
  });

  it('keeps the permissions of a file that it begins anew, and the link that leads to it', async () => {
    mkdirSync(at('real'));
    writeFileSync(at('real/a.jsonl'), 'old\n');
    chmodSync(at('real/a.jsonl'), 0o600);
    symlinkSync(at('real/a.jsonl'), at('a.jsonl'));
    const attempt = begin('a.jsonl');
    await withTwoEpochs(attempt);
    assert.equal(read('real/a.jsonl'), 'one\n');
    assert.equal(statSync(at('real/a.jsonl')).mode & 0o777, 0o600);
  });

  it('refuses a checkpoint that holds records for another path', async () => {
    const [, two] = await withTwoEpochs(begin('a.jsonl'));
    for (const path of ['b.jsonl', 'out/']) {
      await assert.rejects(begin(path, { attempt: 2 }).committer.recover(restored(two)), {
        code: 'invalid-option',
        message: new RegExp(`the checkpoint holds records for a\\.jsonl, but the egress writes ${path}`),
      });
    }
  });

  it('refuses a device, of which nothing can be taken back', async () => {
    await assert.rejects(begin('/dev/null').committer.recover(undefined), {
      code: 'invalid-option',
      message: /\/dev\/null is no regular file.*delivery: at-least-once/,
    });
  });

  it('stops an attempt when a later one has begun', async () => {
    const first = begin('a.jsonl');
    await withTwoEpochs(first);
    await begin('a.jsonl', { attempt: 5 }).committer.recover(undefined);
    await assert.rejects(begin('a.jsonl', { attempt: 4 }).committer.recover(undefined), {
      code: 'fenced',
      message: 'egress events: attempt 5 has taken over from attempt 4',
    });
  });

  it('takes back what a write that failed left of an epoch, and commits it when there is room again', async () => {
    let isFull = false;
    const files: FileSystem = {
      ...nodeFileSystem,
      open: async (path, mode, permissions) => {
        const file = await nodeFileSystem.open(path, mode, permissions);
        const write = file.write.bind(file);
        file.write = async (bytes, position) => {
          if (!isFull) return write(bytes, position);
          await write(bytes.subarray(0, 2), position);
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        };
        return file;
      },
    };
    const attempt = begin('a.jsonl', { files });
    const [, two] = await withTwoEpochs(attempt);
    isFull = true;
    await assert.rejects(attempt.committer.commit(two), { code: 'no-space', retriable: true });
    assert.equal(read('a.jsonl'), 'one\n');
    isFull = false;
    await attempt.committer.commit(two);
    assert.equal(read('a.jsonl'), 'one\ntwo\n');
  });

  it('F48: writes all of an epoch again when a sync has failed, as nobody knows what the disk holds', async () => {
    const done: string[] = [];
    let fails = false;
    const files: FileSystem = {
      ...nodeFileSystem,
      open: async (path, mode, permissions) => {
        const file = await nodeFileSystem.open(path, mode, permissions);
        const [write, sync] = [file.write.bind(file), file.sync.bind(file)];
        file.write = (bytes, position) => {
          done.push(`write ${bytes.length} at ${position}`);
          return write(bytes, position);
        };
        file.sync = async () => {
          done.push('sync');
          if (fails) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
          await sync();
        };
        return file;
      },
    };
    const attempt = begin('a.jsonl', { files });
    const [, two] = await withTwoEpochs(attempt);
    done.length = 0;
    fails = true;
    await assert.rejects(attempt.committer.commit(two), { code: 'io', retriable: false, message: /EIO/ });
    assert.equal(read('a.jsonl'), 'one\n');
    fails = false;
    await attempt.committer.commit(two);
    assert.equal(read('a.jsonl'), 'one\ntwo\n');
    assert.deepEqual(done, ['write 4 at 4', 'sync', 'write 4 at 4', 'sync']);
  });

  it('makes a part of each epoch that has records, and gives it its name when it is committed', async () => {
    const attempt = begin('out/', { header: 'x' });
    await attempt.committer.recover(undefined);
    const one = await stage(attempt, 41, 'one');
    const none = await stage(attempt, 42);
    assert.deepEqual(readdirSync(at('out')), ['.part-0-00000041-1.jsonl.pending']);
    await attempt.committer.commit(one);
    await attempt.committer.commit(none);
    assert.deepEqual(readdirSync(at('out')), ['part-0-00000041-1.jsonl']);
    assert.equal(read('out/part-0-00000041-1.jsonl'), 'x\none\n');
  });

  it('says that a part is gone or was changed', async () => {
    const attempt = begin('out/');
    await attempt.committer.recover(undefined);
    const one = await stage(attempt, 1, 'one');
    truncateSync(at('out/.part-0-00000001-1.jsonl.pending'), 1);
    await assert.rejects(attempt.committer.commit(one), { code: 'corrupt', message: /has 1 bytes, but 4 bytes were/ });
    rmSync(at('out'), { recursive: true });
    await assert.rejects(attempt.committer.commit(one), { code: 'corrupt', message: /is gone, but 4 bytes were/ });
  });

  it('leaves everything else in the folder alone', async () => {
    mkdirSync(at('out'));
    for (const name of [
      'notes.txt',
      'part-x.jsonl',
      '.part-0-1',
      'part-0-00000001-0.jsonl',
      '.part-3-0-0.jsonl.inprogress',
    ])
      writeFileSync(join(at('out'), name), '');
    await begin('out/').committer.recover(undefined);
    assert.deepEqual(readdirSync(at('out')).sort(), ['.part-0-1', 'notes.txt', 'part-x.jsonl']);
  });

  it('passes its failpoints in order', async () => {
    const passed: string[] = [];
    context = Object.assign(context, { failpoint: (name: string) => passed.push(name) });
    for (const path of ['a.jsonl', 'out/']) {
      passed.length = 0;
      const attempt = begin(path);
      await attempt.committer.recover(undefined);
      await attempt.committer.commit(await stage(attempt, 1, 'one'));
      assert.deepEqual(passed, [
        'fileSink.midRecover',
        'fileSink.afterStage',
        'fileSink.afterFlush',
        'fileSink.beforeCommit',
        'fileSink.midCommit',
        'fileSink.afterCommit',
      ]);
    }
  });
});
