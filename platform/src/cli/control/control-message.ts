/** What is said over a control channel: one request and one answer, each a line of JSON. */
import { VALUE_BYTES_MAX, type AddressAnswer, type AddressQuestion } from '../../job/address-question.js';

export type ControlRequest =
  | { readonly command: 'savepoint' }
  /** A savepoint, and the end; `drain`: everything that waits for time is made due first. */
  | { readonly command: 'stop'; readonly drain: boolean }
  /** @see deleteSavepoint */
  | { readonly command: 'delete'; readonly savepoint: number }
  | { readonly command: 'ask-address'; readonly question: AddressQuestion };

export type ControlAnswer =
  /** Of the savepoint that was taken or deleted, absolute. */
  { readonly folder: string } | { readonly address: AddressAnswer } | { readonly reason: string };

/** What a run gives to each. */
export type AnswerTo<R extends ControlRequest> = Exclude<
  ControlAnswer,
  R extends { readonly command: 'ask-address' } ? { readonly folder: string } : { readonly address: AddressAnswer }
>;

/** With a value that is written, in base64 or as JSON in JSON. */
export const LINE_BYTES_MAX = 3 * VALUE_BYTES_MAX;

/** Undefined for what is no request. */
export function parseRequest(line: string): ControlRequest | undefined {
  const value = parseObject(line);
  if (value?.['command'] === 'savepoint') return { command: 'savepoint' };
  if (value?.['command'] === 'stop' && typeof value['drain'] === 'boolean')
    return { command: 'stop', drain: value['drain'] };
  if (value?.['command'] === 'delete' && Number.isSafeInteger(value['savepoint']))
    return { command: 'delete', savepoint: value['savepoint'] as number };
  // Who asks is the user that runs the job, by a command of this version or near it.
  if (value?.['command'] === 'ask-address' && isKind(value['question']))
    return { command: 'ask-address', question: value['question'] as AddressQuestion };
  return undefined;
}

/** Undefined for what is no answer. */
export function parseAnswer(line: string): ControlAnswer | undefined {
  const { folder, reason, address } = parseObject(line) ?? {};
  if (typeof folder === 'string') return { folder };
  if (isKind(address)) return { address: address as AddressAnswer };
  return typeof reason === 'string' ? { reason } : undefined;
}

function isKind(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
