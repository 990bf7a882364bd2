/**
 * By what right a cluster is reached, as kafkajs takes it.
 *
 * Invariant: a password is only ever sent as it is where the connection is encrypted, or stays on this machine.
 */
import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { ConnectorError, type ConnectorContext } from '../api/index.js';
import { isLoopback } from '../http/addresses.js';
import { certificatesOf } from '../tls/certificates.js';
import type { AccessOptions } from './access-options.js';
import { OauthTokens } from './oauth-tokens.js';

export interface Access {
  readonly ssl: NonNullable<KafkaConfig['ssl']>;
  readonly sasl?: SASLOptions;
  /** Of what is behind an error of kafkajs, if it is known better here. */
  failure?(): ConnectorError | undefined;
}

/**
 * Throws a ConnectorError where the options do not go together, or a file cannot be read.
 * @param subject for messages
 */
export function accessOf(
  options: AccessOptions & { readonly brokers: string },
  subject: string,
  context: ConnectorContext,
): Access {
  const invalid = (problem: string): ConnectorError => new ConnectorError('invalid-option', `${subject}: ${problem}`);
  const { tls = false } = options;
  const ssl = typeof tls === 'boolean' ? tls : certificatesOf(tls, context.baseDir, subject);
  if (options.sasl === undefined) return { ssl };
  const { kind, value } = options.sasl.variant;
  switch (kind) {
    case 'plain':
      if (ssl === false && !options.brokers.split(',').every((address) => isLoopback(hostOf(address))))
        throw invalid('sasl.plain sends the password as it is: set tls too, or use scram-sha-512');
      return { ssl, sasl: { mechanism: 'plain', ...value } };
    case 'scram-sha-256':
    case 'scram-sha-512':
      return { ssl, sasl: { mechanism: kind, ...value } as SASLOptions };
    case 'oauthbearer': {
      const { token, tokenUrl, clientId, clientSecret, scope } = value;
      if ((token === undefined) === (tokenUrl === undefined))
        throw invalid('sasl.oauthbearer takes either a token or a tokenUrl');
      if (token !== undefined)
        return {
          ssl,
          sasl: { mechanism: 'oauthbearer', oauthBearerProvider: () => Promise.resolve({ value: token }) },
        };
      if (clientId === undefined || clientSecret === undefined)
        throw invalid('sasl.oauthbearer: tokenUrl needs clientId and clientSecret');
      const tokens = new OauthTokens({ url: tokenUrl!, clientId, clientSecret, scope }, subject, context);
      return {
        ssl,
        sasl: { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await tokens.current() }) },
        failure: () => tokens.failure,
      };
    }
  }
}

function hostOf(address: string): string {
  return address.trim().replace(/:\d+$/, '');
}
