/** What TLS says when two processes do not come together, in words of who has to do something about it. */
const OTHER_AUTHORITY = 'its certificate is not of the authority in --tls-ca';
const NO_TLS = 'the other side does not speak TLS';

const PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: OTHER_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: OTHER_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: OTHER_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: OTHER_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: OTHER_AUTHORITY,
  CERT_SIGNATURE_FAILURE: OTHER_AUTHORITY,
  INVALID_PURPOSE: 'its certificate is for another purpose',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_HTTP_REQUEST: NO_TLS,
  EPROTO: NO_TLS,
  ERR_TLS_HANDSHAKE_TIMEOUT: 'it does not go on with the handshake',
};

/** @param error of a socket, or what Node calls its `authorizationError` */
export function tlsProblem(error: unknown): string {
  const { code, message } = typeof error === 'object' && error !== null ? (error as NodeJS.ErrnoException) : {};
  const name = code ?? String(error);
  return Object.hasOwn(PROBLEMS, name) ? PROBLEMS[name]! : (message ?? name);
}
