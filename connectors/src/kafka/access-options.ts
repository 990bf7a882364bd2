/** The options that say by what right a cluster is reached: TLS, and who one is (SASL). */
import { fields, type ConfigOf } from '../api/index.js';
import { certificateOptions } from '../tls/certificate-options.js';

const credentials = fields({
  username: { type: 'string', required: true, description: 'The name.' },
  password: { type: 'string', required: true, secret: true, description: 'The password.' },
});

export const accessOptions = fields({
  tls: {
    type: 'choice',
    description:
      'Encrypts the connections: true where the brokers have certificates of a public authority, otherwise a map of ca, certificate, key, passphrase and serverName.',
    scalar: { type: 'boolean', description: 'Whether connections are encrypted. By default they are not.' },
    map: {
      type: 'object',
      description: 'Encrypted, with certificates of your own. Files are PEM.',
      fields: certificateOptions,
    },
  },
  sasl: {
    type: 'object',
    description:
      'Who this side is, where the brokers ask: plain, scram-sha-256 or scram-sha-512 with username and password, or oauthbearer with a token, or with tokenUrl, clientId and clientSecret.',
    example: { 'scram-sha-512': { username: 'tidegate', password: '${KAFKA_PASSWORD}' } },
    fields: fields({}),
    variants: fields({
      plain: {
        type: 'object',
        description: 'PLAIN: the password itself is sent; only with TLS.',
        fields: credentials,
      },
      'scram-sha-256': { type: 'object', description: 'SCRAM-SHA-256.', fields: credentials },
      'scram-sha-512': { type: 'object', description: 'SCRAM-SHA-512.', fields: credentials },
      oauthbearer: {
        type: 'object',
        description:
          "OAUTHBEARER: a token, or where to get one as a client (OAuth 2.0's client credentials); it is got anew before it expires.",
        fields: fields({
          token: { type: 'string', secret: true, description: 'A token that does not expire while the job runs.' },
          tokenUrl: {
            type: 'string',
            description: 'Where tokens are given: https, or http on this machine.',
            example: 'https://id.example.com/oauth2/token',
          },
          clientId: { type: 'string', description: 'With tokenUrl: the client.' },
          clientSecret: { type: 'string', secret: true, description: 'With tokenUrl: its secret.' },
          scope: { type: 'string', description: 'With tokenUrl: what the token is to allow.' },
        }),
      },
    }),
  },
});

export type AccessOptions = ConfigOf<typeof accessOptions>;
