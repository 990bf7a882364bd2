/** What is said over a control channel: one request and one answer, each a line of JSON. */
export type ControlRequest =
  | { readonly command: 'savepoint' }
  /** A savepoint, and the end; `drain`: everything that waits for time is made due first. */
  | { readonly command: 'stop'; readonly drain: boolean }
  /** @see deleteSavepoint */
  | { readonly command: 'delete'; readonly savepoint: number };

export type ControlAnswer =
  /** Of the savepoint that was taken or deleted, absolute. */
  { readonly folder: string } | { readonly reason: string };

export const LINE_BYTES_MAX = 64 * 1024;

/** Undefined for what is no request. */
export function parseRequest(line: string): ControlRequest | undefined {
  const value = parseObject(line);
  if (value?.['command'] === 'savepoint') return { command: 'savepoint' };
  if (value?.['command'] === 'stop' && typeof value['drain'] === 'boolean')
    return { command: 'stop', drain: value['drain'] };
  if (value?.['command'] === 'delete' && Number.isSafeInteger(value['savepoint']))
    return { command: 'delete', savepoint: value['savepoint'] as number };
  return undefined;
}

/** Undefined for what is no answer. */
export function parseAnswer(line: string): ControlAnswer | undefined {
  const { folder, reason } = parseObject(line) ?? {};
  if (typeof folder === 'string') return { folder };
  return typeof reason === 'string' ? { reason } : undefined;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
