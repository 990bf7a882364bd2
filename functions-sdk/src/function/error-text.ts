/**
 * Whatever was thrown, as a text: what it says, and what it says that it was caused by. Never throws, and is never without bounds:
 * it goes into answers and logs.
 */
import { inspect, types } from 'node:util';

/** How deep causes, and errors that consist of others, are followed. */
const DEPTH_MAX = 5;
/** Of an error that consists of others, so many are told. */
const ERRORS_MAX = 5;
const TEXT_MAX = 2000;
const STACK_MAX = 20_000;
const SHOWN = { depth: 2, maxArrayLength: 10, maxStringLength: 200, breakLength: Infinity };

/** Such as `fetch failed: caused by connect ECONNREFUSED 127.0.0.1:1`. */
export function textOf(error: unknown): string {
  return shortened(
    attempt(() =>
      isError(error) ? described(error, DEPTH_MAX) : `something that is no error was thrown: ${shown(error)}`,
    ),
    TEXT_MAX,
  );
}

/** The stack, and those of its causes; undefined for what has none. */
export function stackOf(error: unknown): string | undefined {
  return isError(error) && typeof error.stack === 'string'
    ? shortened(
        attempt(() => stacks(error, DEPTH_MAX).join('\ncaused by ')),
        STACK_MAX,
      )
    : undefined;
}

function described(error: unknown, depth: number): string {
  if (!isError(error)) return shown(error);
  const own = error.message === '' ? '' : String(error.message);
  const errors =
    depth === 0
      ? ''
      : errorsOf(error)
          .map((one) => described(one, depth - 1))
          .join('; ');
  const text = [own, errors].filter((part) => part !== '').join(': ') || error.name;
  if (error.cause === undefined || depth === 0) return text;
  const cause = described(error.cause, depth - 1);
  // Who passes an error on often says already what that says.
  return text.includes(cause) ? text : `${text}: caused by ${cause}`;
}

function stacks(error: unknown, depth: number): string[] {
  const own = isError(error) && typeof error.stack === 'string' ? error.stack : shown(error);
  if (!isError(error) || depth === 0) return [own];
  const below = error.cause === undefined ? errorsOf(error) : [...errorsOf(error), error.cause];
  return [own, ...below.flatMap((one) => stacks(one, depth - 1))];
}

/** Of an AggregateError, such as that of a host with several addresses none of which can be reached. */
function errorsOf(error: Error): unknown[] {
  const { errors } = error as { readonly errors?: unknown };
  return Array.isArray(errors) ? errors.slice(0, ERRORS_MAX) : [];
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  const { message } = (value ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' && message !== '' ? message : inspect(value, SHOWN);
}

/** One of another realm is one, too. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** What is thrown may have accessors that throw. */
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
