/** Where an application may call. */
import assert from 'node:assert/strict';
import { addressKind, type AddressKind } from '../../src/calling/address-kind.js';
import { AddressRules, type AddressPolicy } from '../../src/calling/address-rules.js';

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
        .concat(['64:ff9b::a00:1', '64:ff9b:1::a00:1', '2002:a00:1::', '::10.0.0.1', '::7f00:1'])
        .concat(['::ffff:0:7f00:1', '::ffff:0:a00:1', '::ffff:0:5db8:d822', '::ffff:0:127.0.0.1'])
        .concat(['192.0.0.8', '192.0.0.192', '192.0.2.1', '192.88.99.1', '198.51.100.1', '203.0.113.255', '240.0.0.1'])
        .concat(['::ffff:192.0.2.1', '100::1', '100:0:0:1::1', '2001::1', '2001:2::1', '2001:10::1', '2001:20::1'])
        .concat(['2001:1ff:ffff::1', '2001:db8::1', '3fff:fff::1', '5f00::1', 'ff0e::1', '::ffff:240.0.0.1']),
    ],
    ['private', ['198.18.0.1', '198.19.255.255', '100.127.255.255', 'fc00::1', 'fec0::1']],
    ['public', ['192.31.196.1', '192.52.193.1', '192.175.48.1', '100.128.0.1', '198.20.0.1', '223.255.255.255']],
    ['public', ['2001:200::1', '2001:4860:4860::8888', '2620:4f:8000::1', '3ffe::1', '3fff:1000::1', '2a00::1']],
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
    [OWN, '169.254.169.254', '169.254.169.254', /never called/],
    [OWN, 'metadata', '169.254.169.254', /never called/],
    [OWN, 'localhost', '0.0.0.0', /never called/],
    [{ trusted: true, allowPrivate: true }, 'f.example.com', '10.0.0.8', undefined],
    [{ trusted: true, allowPrivate: true }, 'f.example.com', '169.254.169.254', /never called/],
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
    [LISTED, 'functions', '169.254.169.254', /never called/],
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
