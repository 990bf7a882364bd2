import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFolder, type Called } from '../command-line.js';

const OWN_HOSTS = 'localhost 127\\.0\\.0\\.1 ::1';
const DAY = '\\d{4}-\\d\\d-\\d\\d';
const CREATED = new RegExp(
  `^ca: authority of cluster "demo", until ${DAY}\n` +
    `client: client of cluster "demo", until ${DAY}\n` +
    `coordinator: coordinator of cluster "demo", until ${DAY}, ${OWN_HOSTS} 192\\.0\\.2\\.2 front\\.example\n` +
    `worker: worker of cluster "demo", until ${DAY}\n$`,
);

describe('tidegate certificates', () => {
  let folder: CommandFolder;
  beforeEach(() => (folder = new CommandFolder()));
  afterEach(() => folder.remove());

  const call = (...words: readonly string[]): Promise<Called> => folder.call(['certificates', ...words]);
  const path = (file: string): string => join(folder.path, 'certificates', file);
  const certificate = (name: string): X509Certificate => new X509Certificate(readFileSync(path(`${name}.crt`)));
  const texts = (): ReadonlyMap<string, string> =>
    new Map(readdirSync(path('')).map((file) => [file, readFileSync(path(file), 'utf8')]));

  /** Whether the authority that is there has signed it. */
  function isSigned(name: string): boolean {
    return certificate(name).verify(certificate('ca').publicKey);
  }

  it('creates an authority and a certificate for each role, and says what they are for', async () => {
    const { exitCode, out, err } = await call('create', '--cluster', 'demo', '--host', '192.0.2.2,front.example');
    assert.deepEqual([exitCode, err], [0, '']);
    assert.match(out, CREATED);
    for (const name of ['client', 'coordinator', 'worker']) assert.ok(isSigned(name), name);
    assert.deepEqual((await call('show')).out, out);
  });

  it('keeps keys for their owner alone, also renewed ones', async () => {
    const modes = (kind: string) =>
      readdirSync(path(''))
        .filter((file) => file.endsWith(kind))
        .map((file) => statSync(path(file)).mode & 0o777);
    await call('create');
    assert.deepEqual(modes('.key'), [0o600, 0o600, 0o600, 0o600]);
    await call('renew');
    assert.deepEqual(modes('.key'), [0o600, 0o600, 0o600, 0o600]);
    assert.ok(modes('.crt').every((mode) => (mode & 0o022) === 0));
    assert.equal(readdirSync(path('')).length, 8);
  });

  it('prints no key', async () => {
    const said = [await call('create'), await call('issue', 'one', '--role', 'worker'), await call('show')];
    for (const { out, err } of said) assert.doesNotMatch(out + err, /PRIVATE|BEGIN/);
  });

  it('overwrites nothing, also not a part of it, unless that is asked for', async () => {
    await call('create');
    await call('issue', 'worker-2', '--role', 'worker');
    const before = texts();
    for (const words of [['create'], ['issue', 'worker-2', '--role', 'worker']]) {
      const { exitCode, out, err } = await call(...words);
      assert.deepEqual([exitCode, out], [1, '']);
      assert.match(err, /^error\[TG457\]: .*\.crt.* are there already\. Take another folder or name; or --overwrite/);
      assert.deepEqual(texts(), before);
    }
    assert.equal((await call('create', '--overwrite')).exitCode, 0);
    assert.notEqual(texts().get('ca.key'), before.get('ca.key'));
  });

  it('issues a certificate of its own for another machine', async () => {
    await call('create', '--cluster', 'demo');
    const { out } = await call('issue', 'standby', '--role', 'coordinator', '--host', 'second.example', '--days', '3');
    const line = new RegExp(
      `^standby: coordinator of cluster "demo", until ${DAY}, ${OWN_HOSTS} second\\.example$`,
      'm',
    );
    assert.match(out, line);
    assert.ok(isSigned('standby'));
    const { validFrom, validTo } = certificate('standby');
    const days = (Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000;
    assert.equal(Math.floor(days), 3);
  });

  it('renews all of them by the same authority, under the same names and hosts', async () => {
    await call('create', '--cluster', 'demo', '--host', 'front.example', '--days', '1');
    await call('issue', 'worker-2', '--role', 'worker');
    const before = texts();
    const shown = (await call('show')).out.replaceAll(new RegExp(DAY, 'g'), 'DAY');
    const { exitCode, out } = await call('renew');
    assert.equal(exitCode, 0);
    assert.equal(out.replaceAll(new RegExp(DAY, 'g'), 'DAY'), shown);
    for (const [file, text] of texts()) assert.equal(text === before.get(file), file.startsWith('ca.'), file);
    assert.ok(isSigned('worker-2'));
  });

  it('makes none that outlives its authority', async () => {
    await call('create', '--days', '9999');
    assert.equal(certificate('worker').validTo, certificate('ca').validTo);
  });

  const refused: readonly (readonly [words: readonly string[], exitCode: number, why: RegExp])[] = [
    [[], 2, /expected create, issue, renew or show/],
    [['make'], 2, /expected create, issue, renew or show/],
    [['create', 'a', 'b'], 2, /too many arguments/],
    [['create', '--days', '0'], 2, /--days is "0"/],
    [['create', '--host', 'a b'], 2, /--host has "a b", which is no name or address/],
    [['issue', '--role', 'worker'], 2, /issue needs a name for the files/],
    [['issue', '../worker', '--role', 'worker'], 2, /issue needs a name for the files/],
    [['issue', 'ca', '--role', 'worker'], 2, /issue needs a name for the files/],
    [['issue', 'one'], 2, /--role is missing: coordinator, worker, client/],
    [['issue', 'one', '--role', 'king'], 2, /--role is "king"/],
    [['issue', 'one', '--role', 'worker', '--cluster', 'demo'], 2, /--cluster is for create/],
    [['issue', 'one', '--role', 'worker'], 1, /^error\[TG457\]: the certificates in .*ENOENT/],
    [['renew'], 1, /^error\[TG457\]: the certificates in .*ENOENT/],
    [['show'], 1, /^error\[TG457\]: the certificates in .*ENOENT/],
  ];
  for (const [words, exitCode, why] of refused) {
    it(`refuses ${JSON.stringify(words.join(' '))}, and makes nothing`, async () => {
      const called = await call(...words);
      assert.deepEqual([called.exitCode, called.out], [exitCode, '']);
      assert.match(called.err, why);
      assert.deepEqual(readdirSync(folder.path), []);
    });
  }

  it('says which file is no certificate, and which key is none', async () => {
    await call('create');
    folder.write(join('certificates', 'ca.key'), 'nothing of the kind');
    const keyless = await call('issue', 'one', '--role', 'worker');
    assert.equal(keyless.exitCode, 1);
    assert.match(keyless.err, /^error\[TG457\]: .*ca\.key is not what it should be: /);
    folder.write(join('certificates', 'worker.crt'), 'nothing of the kind');
    const broken = await call('show');
    assert.equal(broken.exitCode, 1);
    assert.match(broken.err, /^error\[TG457\]: .*worker\.crt is not what it should be: /);
  });

  it('says that a key is not the key of its authority, before it makes what nobody would trust', async () => {
    await call('create');
    await call('create', 'other');
    folder.write(join('certificates', 'ca.key'), readFileSync(join(folder.path, 'other', 'ca.key'), 'utf8'));
    const { exitCode, err } = await call('issue', 'one', '--role', 'worker');
    assert.equal(exitCode, 1);
    assert.match(err, /^error\[TG457\]: .*ca\.key is not the key of .*ca\.crt/);
    assert.ok(!readdirSync(path('')).includes('one.crt'));
  });
});
