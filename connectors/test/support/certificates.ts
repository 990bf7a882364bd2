/** An authority and certificates of it, made on the spot. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Writes `ca.pem`, and for each name `NAME.pem`, `NAME.key` and `NAME.both`, of key and certificate, good for 127.0.0.1 and an hour. */
export async function writeCertificates(folder: string, names: readonly string[]): Promise<void> {
  const authority = await makeKeys();
  const common = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...common,
    name: 'CN=test authority',
    keys: authority,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  await writeFile(join(folder, 'ca.pem'), ca.toString('pem'));
  for (const name of names) {
    const keys = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...common,
      subject: `CN=${name}`,
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey: authority.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    });
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    await writeFile(join(folder, `${name}.pem`), certificate.toString('pem'));
    await writeFile(join(folder, `${name}.key`), key);
    await writeFile(join(folder, `${name}.both`), `${key}\n${certificate.toString('pem')}\n`);
  }
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
