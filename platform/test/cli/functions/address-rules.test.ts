/** F86: where functions may be called. */
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { addressKind, type AddressKind } from '../../../src/cli/functions/address-kind.js';
import { addressPolicy } from '../../../src/cli/functions/address-policy.js';
import { AddressRules, type AddressPolicy } from '../../../src/cli/functions/address-rules.js';
import type { Resolve } from '../../../src/cli/functions/checked-lookup.js';
import { callOne, endpointAt, newClient, Servers } from './calling.js';

describe('the kind of an address', () => {
  const cases: readonly [kind: AddressKind, addresses: readonly string[]][] = [
    ['loopback', ['127.0.0.1', '127.255.0.1', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1']],
    [
      'private',
      ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd00::1', '::ffff:10.0.0.1'],
    ],
    [
      'reserved',
      ['0.0.0.0', '169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', 'fe80::1%eth0', '::', '224.0.0.1', 'ff02::1']
        .concat(['255.255.255.255', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254'])
        .concat(['64:ff9b::a00:1', '2002:a00:1::', '::10.0.0.1']),
    ],
    ['public', ['93.184.216.34', '172.32.0.1', '192.169.0.1', '2606:2800:220:1::1', '::ffff:93.184.216.34']],
  ];
  for (const [kind, addresses] of cases) {
    for (const address of addresses) it(`of ${address} is ${kind}`, () => assert.equal(addressKind(address), kind));
  }
});

describe('the rules for addresses', () => {
  const OWN: AddressPolicy = { trusted: true };
  const MANY: AddressPolicy = { trusted: false };
  const LISTED: AddressPolicy = { trusted: false, allowed: ['functions', '*.example.com', '10.1.0.0/16', '127.0.0.1'] };
  type Case = readonly [policy: AddressPolicy, host: string, address: string, refusal: RegExp | undefined];
  const cases: readonly Case[] = [
    [OWN, 'f.example.com', '93.184.216.34', undefined],
    [OWN, 'localhost', '127.0.0.1', undefined],
    [OWN, 'localhost', '::1', undefined],
    [OWN, '127.0.0.1', '127.0.0.1', undefined],
    [OWN, '10.0.0.8', '10.0.0.8', undefined],
    [OWN, 'greeter', '172.18.0.3', undefined],
    [OWN, 'greeter.shop.svc', '10.96.0.7', undefined],
    [OWN, 'greeter.shop.svc.cluster.local', '10.96.0.7', undefined],
    [
      OWN,
      'f.example.com',
      '127.0.0.1',
      /f\.example\.com at 127\.0\.0\.1 is on this machine: that takes allowPrivate: true/,
    ],
    [OWN, 'f.example.com', '10.0.0.8', /in a private network/],
    [OWN, 'localhost.example.com', '127.0.0.1', /on this machine/],
    [OWN, '169.254.169.254', '169.254.169.254', /no functions are served/],
    [OWN, 'metadata', '169.254.169.254', /no functions are served/],
    [OWN, 'localhost', '0.0.0.0', /no functions are served/],
    [{ trusted: true, allowPrivate: true }, 'f.example.com', '10.0.0.8', undefined],
    [{ trusted: true, allowPrivate: true }, 'f.example.com', '169.254.169.254', /no functions are served/],
    [{ trusted: true, allowPrivate: false }, 'localhost', '127.0.0.1', /on this machine/],
    [MANY, 'f.example.com', '93.184.216.34', undefined],
    [MANY, 'localhost', '127.0.0.1', /on this machine, which has to be allowed here/],
    [MANY, '10.0.0.8', '10.0.0.8', /in a private network, which has to be allowed here/],
    [{ trusted: false, allowPrivate: true }, 'greeter', '10.0.0.8', /has to be allowed here/],
    [LISTED, 'functions', '172.18.0.3', undefined],
    [LISTED, 'FUNCTIONS.', '172.18.0.3', undefined],
    [LISTED, 'a.example.com', '93.184.216.34', undefined],
    [LISTED, 'a.example.com', '10.9.0.1', undefined],
    [LISTED, 'any.name', '10.1.2.3', undefined],
    [LISTED, '127.0.0.1', '127.0.0.1', undefined],
    [LISTED, 'example.com', '93.184.216.34', /not among the hosts that may be called here/],
    [LISTED, 'badexample.com', '93.184.216.34', /not among the hosts/],
    [LISTED, 'functions', '169.254.169.254', /no functions are served/],
    [{ trusted: true, allowed: [] }, 'localhost', '127.0.0.1', /not among the hosts/],
  ];
  for (const [policy, host, address, refusal] of cases) {
    it(`${JSON.stringify(policy)}: ${host} at ${address} is ${refusal === undefined ? 'called' : 'refused'}`, () => {
      const found = new AddressRules(policy).refusal(host, address);
      if (refusal === undefined) assert.equal(found, undefined);
      else assert.match(found ?? '', refusal);
    });
  }

  for (const entry of ['http://f', '10.0.0.0/33', 'a b', '*', '']) {
    it(`refuses ${JSON.stringify(entry)} as an entry of the list`, () => {
      assert.throws(() => new AddressRules({ trusted: true, allowed: [entry] }), RangeError);
    });
  }
});

describe('the list of hosts in a process’s surroundings', () => {
  it('is none where nothing is said: the application is trusted', () => {
    assert.deepEqual(addressPolicy({}), { trusted: true });
  });

  it('names hosts and networks, and nothing else may be called', () => {
    const policy = addressPolicy({ TIDEGATE_FUNCTION_HOSTS: 'f.example.com, 10.0.0.0/8,' });
    const rules = new AddressRules(policy);
    assert.equal(rules.refusal('f.example.com', '93.184.216.34'), undefined);
    assert.equal(rules.refusal('10.1.1.1', '10.1.1.1'), undefined);
    assert.match(rules.refusal('localhost', '127.0.0.1') ?? '', /not among the hosts/);
  });

  it('allows none where it is empty', () => {
    assert.deepEqual(addressPolicy({ TIDEGATE_FUNCTION_HOSTS: '' }), { trusted: false, allowed: [] });
  });

  it('is refused where it cannot be read', () => {
    assert.throws(
      () => addressPolicy({ TIDEGATE_FUNCTION_HOSTS: 'http://f' }),
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
      assert.match(outcome.message, /no functions are served|has to be allowed|allowPrivate|has no address/);
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
        const address = looks === 1 ? '192.0.2.1' : '127.0.0.1';
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
