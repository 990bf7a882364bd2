/**
 * Whatever was thrown, as a text: what it says, and what it says that it was caused by. Never throws, and never is without bounds:
 * it goes into answers and logs.
 */
import { inspect, types } from 'node:util';

const CAUSES_MAX = 5;
const ERRORS_MAX = 5;
const TEXT_MAX = 2000;
const STACK_MAX = 20_000;
const SHOWN = { depth: 2, maxArrayLength: 10, maxStringLength: 200, breakLength: Infinity, customInspect: false };

/** `fetch failed: caused by connect ECONNREFUSED 127.0.0.1:1`; of an AggregateError all that it is made of. */
export function textOf(error: unknown): string {
  return shortened(
    attempt(() => described(error, CAUSES_MAX)),
    TEXT_MAX,
  );
}

/** The stack with those of its causes; undefined for what has none. */
export function stackOf(error: unknown): string | undefined {
  if (!isError(error) || typeof error.stack !== 'string') return undefined;
  return shortened(
    attempt(() => stacks(error, CAUSES_MAX).join('\ncaused by ')),
    STACK_MAX,
  );
}

function described(error: unknown, causesMax: number): string {
  if (!isError(error)) return `something that is no error was thrown: ${shown(error)}`;
  const own = messageOf(error);
  return partsOf(error).reduce<string>((text, cause) => {
    if (causesMax === 0) return text;
    const said = isError(cause) ? described(cause, causesMax - 1) : shown(cause);
    // Who passes an error on often says itself what that says.
    return text.includes(said) ? text : `${text}: caused by ${said}`;
  }, own);
}

function messageOf(error: Error): string {
  const { message, name } = error;
  const errors = errorsOf(error).map((one) => (isError(one) ? messageOf(one) : shown(one)));
  const own = typeof message === 'string' && message !== '' ? message : errors.length === 0 ? String(name) : '';
  return [own, errors.join('; ')].filter((text) => text !== '').join(': ');
}

function stacks(error: Error, causesMax: number): string[] {
  const own = typeof error.stack === 'string' ? error.stack : messageOf(error);
  if (causesMax === 0) return [own];
  const below = [...errorsOf(error), ...partsOf(error)];
  return [own, ...below.flatMap((one) => (isError(one) ? stacks(one, causesMax - 1) : [shown(one)]))];
}

function partsOf(error: Error): unknown[] {
  return error.cause === undefined ? [] : [error.cause];
}

/** Of an AggregateError, such as that of a host with several addresses of which none can be reached. */
function errorsOf(error: Error): unknown[] {
  const { errors } = error as { errors?: unknown };
  return Array.isArray(errors) ? errors.slice(0, ERRORS_MAX) : [];
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  const { message } = (value ?? {}) as { message?: unknown };
  return typeof message === 'string' && message !== '' ? message : inspect(value, SHOWN);
}

/** Those of another realm, too. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

function attempt(say: () => string): string {
  try {
    return say();
  } catch {
    return 'something was thrown that cannot be shown';
  }
}

function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
