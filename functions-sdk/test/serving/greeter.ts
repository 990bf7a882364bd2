/** A function to serve in tests, and requests for it. */
import { Reject, RetryLater, statefulFunction, types, type AnyFunction } from '../../src/index.js';
import { toTypedValue } from '../../src/types/value-type.js';
import { decodeFromFunction } from '../../src/wire/from-function.js';
import type { InvocationBatch } from '../../src/wire/messages.js';
import { encodeToFunction } from '../../src/wire/to-function.js';

/** Sends `Hello <name>` to inbox/<id>. */
export const greeter = statefulFunction('test/greeter').on(types.string, (context, name) => {
  if (name === 'reject') throw new Reject('not that name');
  if (name === 'later') throw new RetryLater('not now', 1200);
  if (name === 'crash') throw new TypeError('broken');
  if (name === 'crash with a cause') throw new TypeError('broken', { cause: new Error('no ledger') });
  context.send({ type: 'test/inbox', id: context.self.id }, types.string, `Hello ${name}`);
});

/** As the greeter, but only when `release` is called; `entered` resolves when it was called. */
export function slowGreeter(): { fn: AnyFunction; entered: Promise<void>; release: () => void } {
  let [release, enter] = [(): void => undefined, (): void => undefined];
  const released = new Promise<void>((resolve) => (release = resolve));
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const fn = statefulFunction('test/greeter').on(types.string, async (context, name) => {
    enter();
    await released;
    context.send({ type: 'test/inbox', id: context.self.id }, types.string, `Hello ${name}`);
  });
  return { fn, entered, release };
}

export function greeting(id: string, ...names: string[]): InvocationBatch {
  const invocations = names.map((name) => ({ caller: undefined, argument: toTypedValue(types.string, name) }));
  return { target: { type: 'test/greeter', id }, state: [], invocations };
}

export function greetingBytes(id: string, ...names: string[]): Buffer {
  return encodeToFunction(greeting(id, ...names));
}

/** The texts that an answer sends. */
export function textsOf(body: Uint8Array): string[] {
  const outcome = decodeFromFunction(body);
  if (outcome.kind !== 'result') throw new Error('the answer is incomplete');
  return outcome.effects.messages.map(({ argument }) => types.string.decode(argument.bytes));
}

export const OCTETS = { 'content-type': 'application/octet-stream' };
export const quiet = { onError: (): void => undefined };
