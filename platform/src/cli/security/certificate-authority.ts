/**
 * The authority of a cluster: a key of its own, and certificates for the cluster's members that it signs. ECDSA on P-256.
 *
 * Invariants
 * - A certificate names the cluster and what its holder is there (member-name.ts), and serves on both sides of a connection.
 * - No certificate outlives the authority.
 */
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { Extension, JsonGeneralName, X509Certificate } from '@peculiar/x509';
import { memberUri, type MemberRole } from './member-name.js';

/** As PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

export interface MemberCertificate {
  readonly cluster: string;
  readonly role: MemberRole;
  /** What tells it from others of the role, for who reads it. */
  readonly name: string;
  /** Names and addresses under which clients know it. */
  readonly hosts: readonly string[];
  readonly days: number;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks of machines differ. */
const BACKDATED_MS = 10 * 60_000;
const SERIAL_BYTES = 16;

export class CertificateAuthority {
  private constructor(
    private readonly x509: typeof import('@peculiar/x509'),
    private readonly certificate: X509Certificate,
    private readonly key: webcrypto.CryptoKey,
    readonly pair: CertificatePair,
  ) {}

  /** @param now epoch milliseconds */
  static async create(cluster: string, days: number, now: number): Promise<CertificateAuthority> {
    const x509 = await library();
    const keys = await makeKeys();
    const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: [{ CN: [`tidegate ${cluster} authority`] }],
      ...validity(now, days),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: memberUri(cluster, 'authority') }]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const pair = { certificate: pemOf(certificate), key: await keyPem(keys.privateKey) };
    return new CertificateAuthority(x509, certificate, keys.privateKey, pair);
  }

  /** @throws Error where it is no authority */
  static async read(pair: CertificatePair): Promise<CertificateAuthority> {
    const x509 = await library();
    const der = createPrivateKey(pair.key).export({ type: 'pkcs8', format: 'der' });
    const key = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
    return new CertificateAuthority(x509, new x509.X509Certificate(pair.certificate), key, pair);
  }

  /** @param now epoch milliseconds */
  async issue({ cluster, role, name, hosts, days }: MemberCertificate, now: number): Promise<CertificatePair> {
    const { x509, certificate: authority } = this;
    const keys = await makeKeys();
    const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
    const names: JsonGeneralName[] = [
      { type: 'url', value: memberUri(cluster, role) },
      ...hosts.map((host) => ({ type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const), value: host })),
    ];
    const extensions: Extension[] = [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority, false),
    ];
    const { notBefore, notAfter } = validity(now, days);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: [{ CN: [`tidegate ${cluster} ${name}`] }],
      issuer: authority.subject,
      notBefore,
      notAfter: new Date(Math.min(notAfter.getTime(), authority.notAfter.getTime())),
      signingAlgorithm: ALGORITHM,
      signingKey: this.key,
      publicKey: keys.publicKey,
      extensions,
    });
    return { certificate: pemOf(certificate), key: await keyPem(keys.privateKey) };
  }
}

/** It takes half a second to load, and nothing else needs it. */
async function library(): Promise<typeof import('@peculiar/x509')> {
  // What it injects its parts with.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(now: number, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** Positive, as RFC 5280 wants it. */
function serialNumber(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}
