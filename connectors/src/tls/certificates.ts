/** Certificates and keys of a connection over TLS, read from the files that the options name. */
import { ConnectorError } from '../api/index.js';
import { givenFile } from '../disk/given-file.js';
import type { CertificateOptions } from './certificate-options.js';

/** As `node:tls` takes them. */
export interface Certificates {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly passphrase?: string;
  readonly servername?: string;
}

/**
 * Throws a ConnectorError where the options do not go together, or a file cannot be read.
 * @param baseDir relative names are taken from here
 * @param subject for messages
 */
export function certificatesOf(options: CertificateOptions, baseDir: string, subject: string): Certificates {
  const { ca, certificate, key, passphrase, serverName } = options;
  if ((certificate === undefined) !== (key === undefined))
    throw new ConnectorError('invalid-option', `${subject}: tls takes certificate and key together`);
  const read = (name: string, path: string): Buffer => givenFile(path, baseDir, `${subject}: tls.${name}: ${path}`);
  return {
    ...(ca === undefined ? {} : { ca: read('ca', ca) }),
    ...(certificate === undefined ? {} : { cert: read('certificate', certificate), key: read('key', key!) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
