import assert from 'node:assert/strict';
import { S3Objects } from '../../../../src/cli/storage/s3/s3-objects.js';
import { S3Storage } from '../../../../src/cli/storage/s3/s3-storage.js';
import { probe } from '../../../../src/cli/storage/s3/probe.js';
import type { ObjectStorageLocation } from '../../../../src/job/object-storage.js';
import { storageConformance } from '../../../common/storage-conformance.js';
import { S3Server, type Fault } from './s3-server.js';
import { namedStore, useCredentials } from './s3-under-test.js';

const BYTES = Uint8Array.of(1, 2, 3);
const open = (location: ObjectStorageLocation): S3Storage => new S3Storage(new S3Objects(location));

describe('a bucket as checkpoint storage', () => {
  let server: S3Server;
  let location: ObjectStorageLocation;
  before(useCredentials);
  beforeEach(async () => {
    server = new S3Server();
    location = { bucket: 'bucket', prefix: 'a/job/', endpoint: await server.listen() };
  });
  afterEach(() => server.close());

  storageConformance(() => open(location));

  it('keeps what it writes below its prefix, and sees nothing else', async () => {
    await open(location).request({ op: 'create', name: 'log/1', bytes: BYTES });
    await open({ ...location, prefix: 'a/job-2/' }).request({ op: 'create', name: 'log/2', bytes: BYTES });
    assert.deepEqual([...server.objects.keys()], ['bucket/a/job/log/1', 'bucket/a/job-2/log/2']);
    assert.deepEqual(await open(location).request({ op: 'list', prefix: '' }), { ok: true, names: ['log/1'] });
  });

  it('lists and deletes more names than one answer holds', async () => {
    server.pageSize = 7;
    const names = Array.from({ length: 1100 }, (_, index) => `state/${String(index).padStart(4, '0')}`);
    for (const name of names) server.objects.set(`bucket/a/job/${name}`, Buffer.alloc(0));
    assert.deepEqual(await open(location).request({ op: 'list', prefix: 'state/' }), { ok: true, names });
    assert.deepEqual(await open(location).request({ op: 'delete', names }), { ok: true });
    assert.equal(server.objects.size, 0);
  });

  it('keeps names with every character that a task may have apart', async () => {
    const names = ['state/rules.a%2Fb/0', 'state/ü & <ä>/0', 'state/+ %20/0', 'state/x?y#z/0'].sort();
    const storage = open(location);
    for (const name of names) await storage.request({ op: 'create', name, bytes: Buffer.from(name) });
    assert.deepEqual(await storage.request({ op: 'list', prefix: 'state/' }), { ok: true, names });
    for (const name of names) {
      const answer = await storage.request({ op: 'read', name });
      assert.equal(answer.ok && Buffer.from(answer.bytes ?? []).toString(), name);
    }
  });

  const transient: [fault: Fault, what: string][] = [
    ['slow-down', 'has too much to do'],
    ['lose-answer', 'has done it and loses the answer'],
    ['conflict', 'has somebody else at the same name'],
  ];
  for (const [fault, what] of transient) {
    it(`creates a name in the end, and says so, when the store ${what} at first`, async () => {
      let faults = 2;
      server.fault = ({ method }) => (method === 'PUT' && faults-- > 0 ? fault : undefined);
      assert.deepEqual(await open(location).request({ op: 'create', name: 'fence/1', bytes: BYTES }), { ok: true });
      assert.deepEqual([...server.objects.values()], [Buffer.from(BYTES)]);
    });
  }

  it('never takes another’s object for its own when an answer was lost', async () => {
    let puts = 0;
    server.fault = ({ method, key }) => {
      if (method !== 'PUT' || puts++ > 0) return undefined;
      server.objects.set(key, Buffer.from('of another'));
      return 'lose-answer';
    };
    const answer = await open(location).request({ op: 'create', name: 'fence/1', bytes: BYTES });
    assert.equal(!answer.ok && answer.code, 'exists');
  });

  const answers: [fault: Fault, code: string][] = [
    ['slow-down', 'io'],
    ['denied', 'io'],
    ['full', 'full'],
    ['conflict', 'io'],
  ];
  for (const [fault, code] of answers) {
    it(`answers ${code} when the store stays at ${fault}, after so many tries`, async () => {
      server.fault = () => fault;
      const answer = await open(location).request({ op: 'create', name: 'fence/1', bytes: BYTES });
      assert.equal(!answer.ok && answer.code, code);
      assert.match(answer.ok ? '' : answer.message, /^s3:\/\/bucket\/a\/job\/: /);
      assert.ok(server.requests.length <= 6, `${server.requests.length} requests`);
    });
  }

  it('is found fit by the probe, which leaves nothing behind', async () => {
    await probe(open(location), location);
    assert.equal(server.objects.size, 0);
  });

  const unfit: [what: string, fault: Fault, message: RegExp][] = [
    ['writes over what is there', 'write-over', /does not keep to `If-None-Match: \*`/],
    ['looks first and then writes', 'look-then-write', /does not keep to `If-None-Match: \*`/],
    ['lets nobody write', 'denied', /AccessDenied/],
  ];
  for (const [what, fault, message] of unfit) {
    it(`is refused by the probe when it ${what}`, async () => {
      server.fault = ({ method }) => (method === 'PUT' ? fault : undefined);
      await assert.rejects(probe(open(location), location), { code: 'TG460', message });
      assert.equal(server.objects.size, 0);
    });
  }
});

const named = namedStore();
if (named !== undefined) {
  describe(`the object storage at ${named.endpoint}`, () => {
    let runs = 0;
    let location: ObjectStorageLocation;
    beforeEach(() => (location = { ...named, prefix: `${named.prefix}${runs++}/` }));

    storageConformance(() => open(location));

    it('is found fit by the probe', () => probe(open(location), location));
  });
}
