/**
 * What kafkajs throws, as an operating error about `subject` (the ingress or egress); a programmer's error stays what it is. Its errors
 * are known by their names, so that nobody has to load it to tell them apart.
 */
import type { KafkaJSProtocolError } from 'kafkajs';
import { ConnectorError, type ConnectorErrorCode } from '../api/index.js';

/** Kafka's error types that say that a later producer has the transactional id, or that the transaction has expired. */
const FENCED = ['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING'];
/** Trying again changes nothing. */
const FOR_GOOD: Readonly<Record<string, ConnectorErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'not-found',
  INVALID_TOPIC_EXCEPTION: 'invalid-option',
  INVALID_TRANSACTION_TIMEOUT: 'invalid-option',
  MESSAGE_TOO_LARGE: 'refused',
  TOPIC_AUTHORIZATION_FAILED: 'refused',
  GROUP_AUTHORIZATION_FAILED: 'refused',
  CLUSTER_AUTHORIZATION_FAILED: 'refused',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'refused',
};

export function kafkaError(subject: string, cause: unknown): Error {
  if (cause instanceof ConnectorError) return cause;
  const type = typeOf(cause);
  const message = `${subject}: ${messageOf(cause)}`;
  if (isFenced(cause)) {
    const reason = 'another producer has taken over its transactional id, or the transaction took too long';
    return new ConnectorError('fenced', `${message} (${type}: ${reason})`, { cause, retriable: true });
  }
  if (isNamed(innermost(cause), 'KafkaJSSASLAuthenticationError'))
    return new ConnectorError('refused', message, { cause });
  const code = type === undefined ? undefined : FOR_GOOD[type];
  if (code !== undefined) return new ConnectorError(code, `${message} (${type})`, { cause });
  if (!(cause instanceof Error)) return new Error(String(cause));
  if (!cause.name.startsWith('KafkaJS')) return cause;
  return new ConnectorError('unavailable', message, { cause, retriable: true });
}

/** The error's name in Kafka's protocol, if it has one: also that of what was tried too often. */
export function typeOf(error: unknown): string | undefined {
  const inner = innermost(error);
  return isProtocolError(inner) ? inner.type : undefined;
}

/** Whether a later producer has the transactional id, or the transaction has expired: the same errors say both. */
export function isFenced(error: unknown): boolean {
  return FENCED.includes(typeOf(error) ?? '');
}

/** Whether Kafka asks to come later. */
export function isTransient(error: unknown): boolean {
  const inner = innermost(error);
  return isProtocolError(inner) && inner.retriable;
}

function messageOf(error: unknown): string {
  const inner = innermost(error);
  return inner instanceof Error ? inner.message : String(inner);
}

function innermost(error: unknown): unknown {
  return isNamed(error, 'KafkaJSNumberOfRetriesExceeded') ? (error.cause ?? error) : error;
}

function isProtocolError(error: unknown): error is KafkaJSProtocolError {
  return isNamed(error, 'KafkaJSProtocolError');
}

function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}
