/** A broker that asks who comes: one listener for passwords and tokens over TLS, one for certificates. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/services/free-port.js';
import { KafkaCluster } from '../../scripts/services/kafka-cluster.js';
import { libraryCache } from '../../scripts/services/library-cache.js';
import { writeCertificates } from '../support/certificates.js';

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

const MODULES = 'org.apache.kafka.common.security';

export async function startSecureBroker(): Promise<SecureBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-secure-kafka-'));
  await writeCertificates(folder, ['broker', 'client']);
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
