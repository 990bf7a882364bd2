import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredToken } from '../../../src/cli/security/stored-token.js';
import { CommandFolder, type Called } from '../command-line.js';

const TOKEN = /^tidegate_([0-9a-f]{12})_[\w-]{43}\n$/;
const TIME = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';
const DAY_MS = 86_400_000;

describe('tidegate tokens', () => {
  let folder: CommandFolder;
  beforeEach(() => (folder = new CommandFolder()));
  afterEach(() => folder.remove());

  const call = (...words: readonly string[]): Promise<Called> => folder.call(['tokens', ...words]);
  const path = (): string => join(folder.path, 'tokens.json');
  const text = (): string => readFileSync(path(), 'utf8');
  const stored = (): readonly StoredToken[] => (JSON.parse(text()) as { readonly tokens: StoredToken[] }).tokens;
  const idOf = ({ out }: Called): string => TOKEN.exec(out)?.[1] ?? assert.fail(out);

  it('creates a token, says whose it is beside it, and keeps nothing of it but its hash', async () => {
    const created = await call('create', '--role', 'operator', '--name', 'ann');
    const id = idOf(created);
    assert.equal(created.exitCode, 0);
    assert.match(created.err, new RegExp(`^${id} operator ann, until ${TIME}\nThis is the token; it is kept nowhere`));
    const secret = created.out.trim().slice(`tidegate_${id}_`.length);
    assert.ok(!(text() + created.err).includes(secret));
    const [{ role, name, createdAt, expiresAt } = assert.fail()] = stored();
    assert.deepEqual([role, name], ['operator', 'ann']);
    assert.equal(Date.parse(expiresAt!) - Date.parse(createdAt), 90 * DAY_MS);
  });

  it('keeps its file for its owner alone, and leaves nothing beside it', async () => {
    for (const role of ['viewer', 'operator', 'admin']) await call('create', '--role', role);
    assert.equal(statSync(path()).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder.path), ['tokens.json']);
    assert.deepEqual(
      stored().map(({ role, name }) => `${role} ${name}`),
      ['viewer viewer', 'operator operator', 'admin admin'],
    );
  });

  it('lists tokens without their secrets, and what is revoked no more', async () => {
    const [one, two] = [
      await call('create', '--role', 'viewer', '--expires', 'never'),
      await call('create', '--role', 'admin', '--expires', '12h'),
    ];
    const line = `${idOf(two)} admin admin, until ${TIME}\n`;
    const all = await call('list');
    assert.match(all.out, new RegExp(`^${idOf(one)} viewer viewer, until it is revoked\n${line}$`));
    assert.ok(![one, two].some(({ out }) => all.out.includes(out.trim())));
    const revoked = await call('revoke', idOf(one));
    assert.deepEqual([revoked.exitCode, revoked.out, revoked.err], [0, `revoked ${idOf(one)}\n`, '']);
    assert.match((await call('list')).out, new RegExp(`^${line}$`));
    await call('revoke', idOf(two));
    assert.equal((await call('list')).out, 'no tokens\n');
  });

  it('says of a token that is over that it is', async () => {
    await call('create', '--role', 'viewer');
    folder.write('tokens.json', text().replace(/"expiresAt": "\d{4}/, '"expiresAt": "2001'));
    chmodSync(path(), 0o600);
    assert.match((await call('list')).out, /viewer viewer, expired 2001-/);
  });

  it('takes another file, and does not touch the one that is there by default', async () => {
    await call('create', '--role', 'viewer', '--file', 'other.json');
    assert.ok(!existsSync(path()));
    assert.match((await call('list', '--file', 'other.json')).out, /viewer viewer/);
  });

  const refused: readonly (readonly [words: readonly string[], exitCode: number, why: RegExp])[] = [
    [[], 2, /expected create, list or revoke/],
    [['make'], 2, /expected create, list or revoke/],
    [['create'], 2, /--role is missing: viewer, operator, admin/],
    [['create', '--role', 'king'], 2, /--role is "king"/],
    [['create', '--role', 'viewer', '--name', 'two\nlines'], 2, /--name is to be one line/],
    [['create', '--role', 'viewer', '--expires', 'soon'], 2, /--expires is "soon"/],
    [['create', '--role', 'viewer', '--expires', '0s'], 2, /--expires is "0s"/],
    [['create', 'ann', '--role', 'viewer'], 2, /too many arguments/],
    [['list', '--role', 'viewer'], 2, /--role, --name and --expires are for create/],
    [['revoke'], 2, /the id of a token is missing/],
    [['revoke', '0123456789ab'], 1, /^error\[TG456\]: there is no token 0123456789ab in .*tokens\.json\n$/],
    [['list'], 1, /^error\[TG456\]: the tokens in .* cannot be used: .*ENOENT/],
    [
      ['create', '--role', 'viewer', '--file', 'nowhere/tokens.json'],
      1,
      /^error\[TG456\]: .* cannot be written: .*ENOENT/,
    ],
  ];
  for (const [words, exitCode, why] of refused) {
    it(`refuses ${JSON.stringify(words.join(' '))}, and makes nothing`, async () => {
      const called = await call(...words);
      assert.deepEqual([called.exitCode, called.out], [exitCode, '']);
      assert.match(called.err, why);
      assert.deepEqual(readdirSync(folder.path), []);
    });
  }

  const unusable: readonly (readonly [what: string, text: string, mode: number, why: RegExp])[] = [
    ['that others may write to', '{ "tokens": [] }', 0o620, /others than its owner may write to it \(chmod go-w\)/],
    ['that is not JSON', 'tokens', 0o600, /cannot be used: /],
    ['with something else in it', '{ "tokens": [{ "id": "a" }] }', 0o600, /it is not what `tidegate tokens` makes/],
  ];
  for (const [what, content, mode, why] of unusable) {
    it(`refuses a file ${what}, and leaves it as it is`, async () => {
      folder.write('tokens.json', content);
      chmodSync(path(), mode);
      for (const words of [['list'], ['create', '--role', 'viewer'], ['revoke', '0123456789ab']]) {
        const { exitCode, out, err } = await call(...words);
        assert.deepEqual([exitCode, out], [1, '']);
        assert.match(err, /^error\[TG456\]: /);
        assert.match(err, why);
        assert.equal(text(), content);
        assert.deepEqual(readdirSync(folder.path), ['tokens.json']);
      }
    });
  }

  it('waits for no other writer: says that one is there, or was', async () => {
    folder.write('tokens.json.next', '');
    const { exitCode, out, err } = await call('create', '--role', 'viewer');
    assert.deepEqual([exitCode, out], [1, '']);
    assert.match(err, /somebody else is writing it, or was killed while doing so: then remove it\n$/);
    assert.deepEqual(readdirSync(folder.path), ['tokens.json.next']);
  });
});
