/**
 * What ioredis throws, as an operating error about `subject` (the ingress or egress and the server); a programmer's error
 * stays what it is.
 *
 * Invariant: the cause is left out. ioredis hangs the command on it, with its arguments: records, and a password.
 */
import { ConnectorError } from '../api/index.js';

/** First words of the server's errors that pass: it loads its data, or is not the leader now. */
const PASSING = [
  'OOM',
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'BUSY',
  'TRYAGAIN',
  'CLUSTERDOWN',
  'EXECABORT',
  'NOREPLICAS',
];
/** Also where a script ran into it. */
const OUT_OF_MEMORY = /\bOOM command not allowed/;
/** Its scripts are gone after a restart; ioredis sends them again. */
const FORGOTTEN = 'NOSCRIPT';
const REFUSING = ['NOAUTH', 'WRONGPASS', 'NOPERM', 'WRONGTYPE', 'ERR'];
/** ioredis's own words for a connection that is not there. */
const UNCONNECTED =
  /Connection is closed|Command timed out|Stream isn't writeable|max retries per request|Socket closed/i;
/** Of a command that is not kept for later. */
const NOT_CONNECTED = 'enableOfflineQueue';
const CODES = /^(?:E[A-Z]+|ERR_(?:SSL|TLS)_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/;

export function redisError(subject: string, cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(String(cause));
  if (cause instanceof ConnectorError) return cause;
  const [word = ''] = cause.message.split(' ', 1);
  const code = 'code' in cause && typeof cause.code === 'string' && CODES.test(cause.code) ? cause.code : undefined;
  if (OUT_OF_MEMORY.test(cause.message)) {
    return unavailable(`${subject}: its memory is full (maxmemory): remove jobs that are done, or raise maxmemory`);
  }
  if (PASSING.includes(word) || word === FORGOTTEN) return unavailable(`${subject}: ${cause.message}`);
  if (REFUSING.includes(word)) return new ConnectorError('refused', `${subject}: ${cause.message}`);
  if (code !== undefined) return unavailable(`${subject} cannot be reached (${code})`);
  if (cause.message.includes(NOT_CONNECTED)) return unavailable(`${subject} cannot be reached: there is no connection`);
  if (UNCONNECTED.test(cause.message)) return unavailable(`${subject} cannot be reached: ${cause.message}`);
  return cause;
}

function unavailable(message: string): ConnectorError {
  return new ConnectorError('unavailable', message, { retriable: true });
}
