/** What kafkajs throws, as an operating error about `subject` (the ingress or egress); a programmer's error stays what it is. */
import { ConnectorError, type ConnectorErrorCode } from '../api/index.js';
import { kafkajs } from './library.js';

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
  if (type !== undefined && FENCED.includes(type)) {
    const reason = 'another producer has taken over its transactional id, or the transaction took too long';
    return new ConnectorError('fenced', `${message} (${type}: ${reason})`, { cause, retriable: true });
  }
  if (innermost(cause) instanceof kafkajs().KafkaJSSASLAuthenticationError)
    return new ConnectorError('refused', message, { cause });
  const code = type === undefined ? undefined : FOR_GOOD[type];
  if (code !== undefined) return new ConnectorError(code, `${message} (${type})`, { cause });
  if (!(cause instanceof kafkajs().KafkaJSError)) return cause instanceof Error ? cause : new Error(String(cause));
  return new ConnectorError('unavailable', message, { cause, retriable: true });
}

/** The error's name in Kafka's protocol, if it has one: also that of what was tried too often. */
export function typeOf(error: unknown): string | undefined {
  const inner = innermost(error);
  return inner instanceof kafkajs().KafkaJSProtocolError ? inner.type : undefined;
}

/** Whether Kafka asks to come later. */
export function isTransient(error: unknown): boolean {
  const inner = innermost(error);
  return inner instanceof kafkajs().KafkaJSProtocolError && inner.retriable;
}

function messageOf(error: unknown): string {
  const inner = innermost(error);
  return inner instanceof Error ? inner.message : String(inner);
}

function innermost(error: unknown): unknown {
  return error instanceof kafkajs().KafkaJSNumberOfRetriesExceeded ? (error.cause ?? error) : error;
}
