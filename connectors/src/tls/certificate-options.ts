/** The options that say which certificates a connection over TLS takes and shows. */
import { fields, type ConfigOf } from '../api/index.js';

export const certificateOptions = fields({
  ca: {
    type: 'string',
    description: "The file of the authority that has signed the server's certificate, PEM.",
    example: 'ca.pem',
  },
  certificate: { type: 'string', description: 'The file of the certificate that this side shows, PEM.' },
  key: { type: 'string', description: 'The file of its private key, PEM.' },
  passphrase: { type: 'string', secret: true, description: 'Of the private key, if it is encrypted.' },
  serverName: {
    type: 'string',
    description: "The name that the server's certificate must have, where it is not that of its address.",
  },
});

export type CertificateOptions = ConfigOf<typeof certificateOptions>;
