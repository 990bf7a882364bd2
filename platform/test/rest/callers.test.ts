import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeToken } from '../../src/cli/security/stored-token.js';
import { TokenCallers } from '../../src/cli/security/token-callers.js';
import { changeTokens, readTokens } from '../../src/cli/security/token-file.js';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { RestServer } from '../../src/rest/rest-server.js';
import { API_ROLES, type ApiRole } from '../../src/rest/route.js';
import { ROUTES } from '../../src/rest/routes.js';
import { FakeHost } from './fake-service.js';
import { ask, type Answer } from './rest-client.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

/** Requests that each route answers when it may. */
const BODIES: Readonly<Record<string, unknown>> = { 'POST /v1/jobs': { files: [{ file: 'a.yaml', text: 'new' }] } };

describe('the API of a coordinator with tokens', () => {
  let folder: string;
  let file: string;
  let clock: VirtualClock;
  let host: FakeHost;
  let rest: RestServer;
  let port: number;
  let log: string[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-tokens-'));
    file = join(folder, 'tokens.json');
    clock = new VirtualClock(NOW);
    host = new FakeHost();
    log = [];
    changeTokens(file, () => []);
    const say = (message: string): void => void log.push(message);
    rest = new RestServer(host, ROUTES, {
      hosts: () => ['127.0.0.1'],
      callers: new TokenCallers(file, clock, say),
      log: say,
    });
    await new Promise<void>((resolve) => rest.server.listen(0, '127.0.0.1', resolve));
    port = (rest.server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    await rest.close();
    rmSync(folder, { recursive: true });
  });

  function token(role: ApiRole, expiresAt?: string): string {
    const of = { name: `a ${role}`, role, createdAt: new Date(NOW).toISOString() };
    const made = makeToken({ ...of, ...(expiresAt === undefined ? {} : { expiresAt }) });
    changeTokens(file, (tokens) => [...tokens, made.stored]);
    clock.advanceTo(clock.now() + 2000);
    return made.token;
  }

  function askWith(authorization: string | undefined, method: string, path: string): Promise<Answer> {
    const body = BODIES[`${method} ${path}`];
    return ask(port, path.replace('{name}', 'running'), {
      method,
      headers: authorization === undefined ? {} : { authorization },
      ...(body === undefined ? {} : { body }),
    });
  }

  const other = (character: string): string => (character === 'a' ? 'b' : 'a');
  const nobody: readonly (readonly [what: string, header: (token: string) => string | undefined])[] = [
    ['no token', () => undefined],
    ['an empty header', () => ''],
    ['no word but Bearer', () => 'Bearer'],
    ['another scheme', (token) => `Basic ${Buffer.from(`x:${token}`).toString('base64')}`],
    ['a token without a scheme', (token) => token],
    ['two tokens', (token) => `Bearer ${token} ${token}`],
    ['a token of nobody', () => `Bearer ${makeToken({ name: 'x', role: 'admin', createdAt: '2026-01-01' }).token}`],
    ['the id alone', (token) => `Bearer ${token.split('_').slice(0, 2).join('_')}_`],
    ['another secret', (token) => `Bearer ${token.slice(0, -9)}${other(token.at(-9)!)}${token.slice(-8)}`],
    ['a secret that goes on', (token) => `Bearer ${token}a`],
    ['another id', (token) => `Bearer ${token.replace(/_(.)/, (_, first: string) => `_${other(first)}`)}`],
    ['the hash in place of the token', (token) => `Bearer ${hashOf(token)}`],
  ];
  const hashOf = (token: string): string => readTokens(file).find(({ id }) => token.includes(id))!.hash;

  for (const { method, path, role } of ROUTES) {
    it(`F87: ${method} ${path} is for who has the role ${role}, or a later one, and for nobody else`, async () => {
      const admin = token('admin');
      for (const [what, header] of nobody) {
        const answer = await askWith(header(admin), method, path);
        assert.equal(answer.status, 401, what);
        assert.equal(answer.headers['www-authenticate'], 'Bearer realm="tidegate"');
      }
      const over = token('admin', new Date(clock.now() + 10_000).toISOString());
      assert.notEqual((await askWith(`Bearer ${over}`, method, path)).status, 401);
      clock.advanceTo(clock.now() + 10_000);
      assert.equal((await askWith(`Bearer ${over}`, method, path)).status, 401);
      host.service.asked.length = 0;
      for (const held of API_ROLES) {
        const { status, body } = await askWith(`Bearer ${token(held)}`, method, path);
        const isAllowed = API_ROLES.indexOf(held) >= API_ROLES.indexOf(role);
        assert.equal(status === 403, !isAllowed, `${held}: ${JSON.stringify(body)}`);
        assert.notEqual(status, 401);
        if (!isAllowed) assert.deepEqual(host.service.asked, []);
      }
    });
  }

  it('F87: says nothing of what there is, or of a body, to who shows no token', async () => {
    for (const path of ['/v1/nothing', '/', '/v1/jobs/x/y'])
      assert.equal((await askWith(undefined, 'GET', path)).status, 401);
    assert.equal((await ask(port, '/v1/jobs', { method: 'POST', body: '{"files":' })).status, 401);
    assert.equal((await askWith(`Bearer ${token('viewer')}`, 'GET', '/v1/nothing')).status, 404);
  });

  it('a token that is revoked opens nothing any more, and a new one does at once', async () => {
    const held = token('viewer');
    assert.equal((await askWith(`Bearer ${held}`, 'GET', '/v1/jobs')).status, 200);
    changeTokens(file, () => []);
    clock.advanceTo(clock.now() + 2000);
    assert.equal((await askWith(`Bearer ${held}`, 'GET', '/v1/jobs')).status, 401);
  });

  const broken: readonly (readonly [what: string, spoil: () => void, said: RegExp])[] = [
    ['is gone', () => rmSync(file), /ENOENT/],
    ['is not JSON', () => writeFileSync(file, '{"tokens":'), /JSON/],
    [
      'is of another form',
      () => writeFileSync(file, '{"tokens":[{"role":"admin"}]}'),
      /not what `tidegate tokens` makes/,
    ],
    ['can be written by others', () => chmodSync(file, 0o622), /others than its owner may write to it/],
  ];
  for (const [what, spoil, said] of broken) {
    it(`lets nobody in while the file of tokens ${what}, and says why once`, async () => {
      const held = token('viewer');
      spoil();
      clock.advanceTo(clock.now() + 2000);
      assert.equal((await askWith(`Bearer ${held}`, 'GET', '/v1/jobs')).status, 401);
      clock.advanceTo(clock.now() + 2000);
      assert.equal((await askWith(`Bearer ${held}`, 'GET', '/v1/jobs')).status, 401);
      assert.equal(log.length, 1);
      assert.match(log[0]!, said);
      assert.throws(() => new TokenCallers(file, clock, () => undefined), /TG456|cannot be used/);
    });
  }

  it('keeps nothing of a token but its hash, in a file of its owner alone', () => {
    const held = token('operator');
    const kept = readFileSync(file, 'utf8');
    assert.equal(kept.includes(held), false);
    assert.equal(kept.includes(held.split('_')[2]!), false);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });
});
