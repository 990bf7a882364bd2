import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve, type FunctionServer } from '../../src/index.js';
import { greeter, greetingBytes, OCTETS, quiet, textsOf } from './greeter.js';

/** An authority, and a certificate that it signed. */
interface Authority {
  readonly ca: Buffer;
  issue(name: string): { key: Buffer; cert: Buffer };
}

function makeAuthority(folder: string, name: string): Authority {
  const path = (file: string): string => join(folder, `${name}-${file}`);
  const openssl = (...words: string[]): void => void execFileSync('openssl', words, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', path('ca.key'), '-out', path('ca.pem'), '-subj', `/CN=${name}`);
  return {
    ca: readFileSync(path('ca.pem')),
    issue: (who) => {
      const [key, csr, cert, san] = [path(`${who}.key`), path(`${who}.csr`), path(`${who}.pem`), path('san')];
      writeFileSync(san, 'subjectAltName=IP:127.0.0.1');
      openssl('req', ...newKey, '-keyout', key, '-out', csr, '-subj', `/CN=${who}`);
      const signer = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-extfile', san];
      openssl('x509', '-req', '-in', csr, '-out', cert, '-days', '1', ...signer);
      return { key: readFileSync(key), cert: readFileSync(cert) };
    },
  };
}

function greet(url: string, options: RequestOptions): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: OCTETS, agent: false, ...options }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => resolve(textsOf(Buffer.concat(chunks))));
      reply.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(greetingBytes('1', 'Ann'));
  });
}

describe('a server of functions with TLS', () => {
  let folder: string;
  let ours: Authority;
  let theirs: Authority;
  let server: FunctionServer;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'functions-tls-'));
    ours = makeAuthority(folder, 'ours');
    theirs = makeAuthority(folder, 'theirs');
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => server.close());

  it('answers clients that trust its certificate', async () => {
    server = await serve([greeter], { ...quiet, port: 0, stopOn: [], tls: ours.issue('server') });
    assert.match(server.url, /^https:/);
    assert.deepEqual(await greet(server.url, { ca: ours.ca }), ['Hello Ann']);
    await assert.rejects(greet(server.url, { ca: theirs.ca }), /certificate|issuer/);
  });

  it('answers clients with a certificate of its authority alone, when told to', async () => {
    const tls = { ...ours.issue('server'), clientCa: ours.ca };
    server = await serve([greeter], { ...quiet, port: 0, stopOn: [], tls });
    const client = { ca: ours.ca };
    assert.deepEqual(await greet(server.url, { ...client, ...ours.issue('platform') }), ['Hello Ann']);
    await assert.rejects(greet(server.url, client), /ECONNRESET|certificate required|socket hang up/i);
    await assert.rejects(
      greet(server.url, { ...client, ...theirs.issue('stranger') }),
      /ECONNRESET|unknown ca|hang up/i,
    );
  });
});
