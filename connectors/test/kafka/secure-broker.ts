/** A broker that asks who comes: one listener for passwords and tokens over TLS, one for certificates. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { freePort } from '../../scripts/services/free-port.js';
import { KafkaCluster } from '../../scripts/services/kafka-cluster.js';
import { libraryCache } from '../../scripts/services/library-cache.js';

export const USER = 'alice';
export const PASSWORD = 'wonder land';

export interface SecureBroker {
  /** Without any of it, for the test's own use. */
  readonly open: string;
  readonly sasl: string;
  readonly mutualTls: string;
  /** Holds `ca.pem`, `client.pem` and `client.key`. */
  readonly folder: string;
  stop(): Promise<void>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const MODULES = 'org.apache.kafka.common.security';

export async function startSecureBroker(): Promise<SecureBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-secure-kafka-'));
  await writeCertificates(folder);
  const [open, controller, sasl, mutual] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const listeners = [`PLAINTEXT://127.0.0.1:${open}`, `SASL://127.0.0.1:${sasl}`, `MUTUAL://127.0.0.1:${mutual}`].join(
    ',',
  );
  const cluster = new KafkaCluster({
    folder,
    cache: libraryCache(),
    ports: [[open!, controller!]],
    endsWithUs: true,
    users: [{ name: USER, password: PASSWORD }],
    settings: {
      listeners: `${listeners},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': listeners,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_SSL,MUTUAL:SSL',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': join(folder, 'broker.both'),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': join(folder, 'ca.pem'),
      'listener.name.mutual.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
      'listener.name.sasl.plain.sasl.jaas.config': `${MODULES}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
      'listener.name.sasl.scram-sha-256.sasl.jaas.config': `${MODULES}.scram.ScramLoginModule required;`,
      'listener.name.sasl.scram-sha-512.sasl.jaas.config': `${MODULES}.scram.ScramLoginModule required;`,
      'listener.name.sasl.oauthbearer.sasl.jaas.config': `${MODULES}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
      'listener.name.sasl.oauthbearer.sasl.server.callback.handler.class': `${MODULES}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`,
    },
  });
  await cluster.start();
  return {
    open: `127.0.0.1:${open}`,
    sasl: `127.0.0.1:${sasl}`,
    mutualTls: `127.0.0.1:${mutual}`,
    folder,
    stop: async () => {
      await cluster.stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeCertificates(folder: string): Promise<void> {
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
  for (const name of ['broker', 'client']) {
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
