/** F86: where functions may be called. */
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { AddressRules, type AddressPolicy, type Resolve } from '@tidegate/connectors/calling';
import { addressPolicy } from '../../../src/cli/security/address-policy.js';
import { callOne, endpointAt, newClient, Servers } from './calling.js';

describe('the list of hosts in a process’s surroundings', () => {
  const LIST = 'TIDEGATE_FUNCTION_HOSTS';

  it('is none where nothing is said: the application is trusted', () => {
    assert.deepEqual(addressPolicy({}, LIST), { trusted: true });
  });

  it('names hosts and networks, and nothing else may be called', () => {
    const policy = addressPolicy({ TIDEGATE_FUNCTION_HOSTS: 'f.example.com, 10.0.0.0/8,' }, LIST);
    const rules = new AddressRules(policy);
    assert.equal(rules.refusal('f.example.com', '93.184.216.34'), undefined);
    assert.equal(rules.refusal('10.1.1.1', '10.1.1.1'), undefined);
    assert.match(rules.refusal('localhost', '127.0.0.1') ?? '', /not among the hosts/);
  });

  it('has other names not even looked up where it names no network', async () => {
    const client = newClient({
      policy: { trusted: false, allowed: ['*.shop.svc'] },
      resolve: () => assert.fail('it is looked up'),
    });
    const outcome = await callOne(client, endpointAt('https://functions.example.com/'));
    assert.equal(outcome.kind, 'failure');
    assert.match(outcome.message, /functions.example.com is not among the hosts that may be called here/);
    await client.close();
  });

  it('allows none where it is empty', () => {
    assert.deepEqual(addressPolicy({ TIDEGATE_FUNCTION_HOSTS: '' }, LIST), { trusted: false, allowed: [] });
  });

  it('is refused where it cannot be read', () => {
    assert.throws(
      () => addressPolicy({ TIDEGATE_FUNCTION_HOSTS: 'http://f' }, LIST),
      /TIDEGATE_FUNCTION_HOSTS: "http:\/\/f"/,
    );
  });
});

describe('F86: a URL of functions that leads to where it should not', () => {
  const servers = new Servers();
  let connections = 0;
  let port = '';

  beforeEach(async () => {
    connections = 0;
    port = new URL(await servers.raw(() => (connections += 1))).port;
  });
  afterEach(() => servers.close());

  const resolving =
    (...addresses: readonly LookupAddress[]): Resolve =>
    (_host, _options, callback) =>
      process.nextTick(callback, null, [...addresses]);
  const LOCAL: LookupAddress = { address: '127.0.0.1', family: 4 };

  const many: AddressPolicy = { trusted: false };
  const cases: readonly [what: string, host: string, policy: AddressPolicy, resolve: Resolve | undefined][] = [
    ['the clouds’ service of credentials', '169.254.169.254', { trusted: true }, undefined],
    ['the same within IPv6', '[::ffff:169.254.169.254]', { trusted: true }, undefined],
    ['localhost, in a cluster of many', 'localhost', many, undefined],
    ['the loopback address, in a cluster of many', '127.0.0.1', many, undefined],
    ['the same in IPv6', '[::1]', many, undefined],
    ['the same as one hexadecimal number', '0x7f000001', many, undefined],
    ['the same in parts', '0177.1', many, undefined],
    ['a public name that leads to this machine', 'f.example.com', { trusted: true }, resolving(LOCAL)],
    ['a public name that leads nowhere', 'f.example.com', { trusted: true }, resolving()],
  ];
  for (const [what, host, policy, resolve] of cases) {
    it(`${what}: is not dialled, and the failure says why`, async () => {
      const client = newClient({ policy, ...(resolve === undefined ? {} : { resolve }) });
      const outcome = await callOne(client, endpointAt(`http://${host}:${port}/`));
      assert.ok(outcome.kind === 'failure' && !outcome.retriable);
      assert.match(outcome.message, /never called|has to be allowed|allowPrivate|has no address/);
      assert.equal(connections, 0);
      await client.close();
    });
  }

  it('a name that becomes another one after the first look is checked again when it is dialled', async () => {
    let looks = 0;
    const client = newClient({
      policy: { trusted: true },
      resolve: (_host, _options, callback) => {
        looks += 1;
        // AS112: public, and serves nothing at this port.
        const address = looks === 1 ? '192.31.196.1' : '127.0.0.1';
        process.nextTick(callback, null, [{ address, family: 4 }]);
      },
    });
    const endpoint = endpointAt(`http://f.example.com:${port}/`, { connectTimeoutMs: 50 });
    await callOne(client, endpoint);
    const second = await callOne(client, endpoint);
    assert.match(second.kind === 'failure' ? second.message : '', /f\.example\.com at 127\.0\.0\.1 is on this machine/);
    assert.deepEqual([looks, connections], [2, 0]);
    await client.close();
  });

  it('a unix socket, in a cluster of many, is not opened', async () => {
    const client = newClient({ policy: many });
    const outcome = await callOne(client, endpointAt('http+unix:///run/docker.sock/containers'));
    assert.match(outcome.kind === 'failure' ? outcome.message : '', /a unix socket is on this machine/);
    await client.close();
  });
});
