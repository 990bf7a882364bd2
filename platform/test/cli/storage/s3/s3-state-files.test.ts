import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Objects } from '../../../../src/cli/storage/s3/s3-objects.js';
import { S3StateFiles } from '../../../../src/cli/storage/s3/s3-state-files.js';
import { PART_BYTES } from '../../../../src/cli/storage/s3/s3-upload.js';
import type { CheckpointBarrier } from '../../../../src/job/checkpoint-barrier.js';
import type { StateFile } from '../../../../src/job/state-handle.js';
import { S3Server, type Fault, type S3Request } from './s3-server.js';
import { useCredentials } from './s3-under-test.js';

const ID = { epoch: 1, attempt: 2, task: 'rules.a/b', subtask: 3 };
const BARRIER: CheckpointBarrier = {
  checkpoint: 7,
  timestamp: 0,
  type: 'checkpoint',
  alignment: { mode: 'aligned' },
  then: 'continue',
};
const LARGE = randomBytes(PART_BYTES * 2 + 12_345);

/** In pieces that fit no part. */
function* pieces(content: Buffer, bytes = 1_000_003): Generator<Buffer> {
  for (let at = 0; at < content.length; at += bytes) yield content.subarray(at, at + bytes);
}

describe('the state files in a bucket', () => {
  let server: S3Server;
  let files: S3StateFiles;
  before(useCredentials);
  beforeEach(async () => {
    server = new S3Server();
    files = new S3StateFiles(new S3Objects({ bucket: 'bucket', prefix: 'job/', endpoint: await server.listen() }));
  });
  afterEach(() => server.close());

  const write = (content: Buffer, name = 'x'): Promise<StateFile> =>
    files.target(ID, BARRIER).write(name, pieces(content));
  const keyOf = ({ name }: StateFile): string => `bucket/job/${name}`;

  for (const bytes of [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, LARGE.length]) {
    it(`gives back a file of ${bytes} bytes as it was written`, async () => {
      const content = LARGE.subarray(0, bytes);
      const file = await write(content, '../rules.ü/x');
      assert.equal(file.bytes, bytes);
      assert.ok(content.equals(await files.read({ file })));
      assert.equal(server.uploads.size, 0);
    });
  }

  it('gives inline bytes as they are', async () => {
    assert.deepEqual([...(await files.read({ inline: Uint8Array.of(9) }))], [9]);
  });

  it('takes a local file in, so that it stays when the local one goes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-s3-'));
    try {
      const local = join(folder, '000012.sst');
      writeFileSync(local, LARGE);
      const file = await files.target(ID, BARRIER).share('db-1/12', local);
      writeFileSync(local, 'gone');
      assert.ok(LARGE.equals(Buffer.from(await files.read({ file }))));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const content of [LARGE.subarray(0, 3), LARGE]) {
    it(`never writes over a file of ${content.length} bytes: a second attempt to write it fails`, async () => {
      await write(content);
      await assert.rejects(write(content), { code: 'TG424', message: /PreconditionFailed/ });
      assert.equal(server.uploads.size, 0);
    });
  }

  it('rejects, and leaves neither object nor upload, when what is to be written cannot be read', async () => {
    const broken = function* (): Generator<Buffer> {
      yield* pieces(LARGE);
      throw new Error('the database is gone');
    };
    await assert.rejects(files.target(ID, BARRIER).write('x', broken()), /the database is gone/);
    assert.deepEqual([server.objects.size, server.uploads.size], [0, 0]);
  });

  it('rejects with TG424, and takes the upload back, when the store takes no more parts', async () => {
    server.fault = ({ query }) => (Number(query.get('partNumber')) > 2 ? 'slow-down' : undefined);
    await assert.rejects(write(LARGE), { code: 'TG424' });
    assert.deepEqual([server.objects.size, server.uploads.size], [0, 0]);
  });

  it('goes on with a download that breaks off, from where it was', async () => {
    const file = await write(LARGE);
    let cuts = 5;
    server.fault = ({ method }) => (method === 'GET' && cuts-- > 0 ? 'cut' : undefined);
    assert.ok(LARGE.equals(Buffer.from(await files.read({ file }))));
    assert.equal(cuts, -1);
  });

  const faults: [what: string, when: (request: S3Request) => boolean, fault: Fault][] = [
    ['a part’s answer is lost', ({ query }) => query.get('partNumber') === '2', 'lose-answer'],
    ['a part is put off', ({ query }) => query.get('partNumber') === '3', 'slow-down'],
    ['the answer to the last request of an upload is lost', isCompletion, 'lose-answer'],
  ];
  for (const [what, when, fault] of faults) {
    it(`writes a large file whole when ${what}`, async () => {
      let isDone = false;
      server.fault = (request) => {
        if (isDone || !when(request)) return undefined;
        isDone = true;
        return fault;
      };
      const file = await write(LARGE);
      assert.ok(isDone);
      assert.ok(LARGE.equals(server.objects.get(keyOf(file))!));
    });
  }

  const damages: [row: string, damage: (content: Buffer) => Buffer | undefined][] = [
    ['F51: one flipped bit', (content) => Buffer.from(content.map((byte, i) => (i === 2 ? byte ^ 4 : byte)))],
    ['F52: a truncated file', (content) => content.subarray(0, 3)],
    ['F52: a file with more behind it', (content) => Buffer.concat([content, Buffer.alloc(1)])],
    ['F52: an empty file', () => Buffer.alloc(0)],
    ['F52: a missing file', () => undefined],
  ];
  for (const [row, damage] of damages) {
    it(`${row} is told, and never read as state`, async () => {
      const file = await write(LARGE.subarray(0, 1000));
      const damaged = damage(server.objects.get(keyOf(file))!);
      if (damaged === undefined) server.objects.delete(keyOf(file));
      else server.objects.set(keyOf(file), damaged);
      await assert.rejects(files.read({ file }), { code: 'TG421' });
    });
  }

  it('takes a store that does not answer for just that, and not for a file that is damaged', async () => {
    const file = await write(LARGE.subarray(0, 1000));
    server.fault = () => 'denied';
    await assert.rejects(files.read({ file }), { code: 'TG424', retriable: true });
  });
});

function isCompletion({ method, query }: S3Request): boolean {
  return method === 'POST' && query.has('uploadId');
}
