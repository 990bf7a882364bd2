/** Calls of functions as values, short to write. */
import { types, type AnyFunction, type ValueType } from '../../src/index.js';
import { FunctionError, FunctionSet } from '../../src/index.js';
import type { Address, Effects, InvocationBatch, PersistedValue, TypedValue } from '../../src/wire/messages.js';
import { toTypedValue } from '../../src/types/value-type.js';

export const SELF: Address = { type: 'test/function', id: 'me' };
export const CALLER: Address = { type: 'test/caller', id: 'you' };

export function message<T>(type: ValueType<T>, value: T): TypedValue {
  return toTypedValue<T>(type, value);
}

export function batch(
  state: Record<string, TypedValue | undefined>,
  ...args: readonly (TypedValue | undefined)[]
): InvocationBatch {
  const persisted: PersistedValue[] = Object.entries(state).map(([name, value]) => ({ name, value }));
  return { target: SELF, state: persisted, invocations: args.map((argument) => ({ caller: CALLER, argument })) };
}

/** The effects of a batch; fails if the function wants other state. */
export async function effectsOf(fn: AnyFunction, request: InvocationBatch): Promise<Effects> {
  const outcome = await new FunctionSet([fn]).invoke(request);
  if (outcome.kind !== 'result') throw new Error(`missing ${outcome.missing.map(({ name }) => name).join(', ')}`);
  return outcome.effects;
}

/** The failure of a batch; fails if there is none. */
export async function failureOf(fn: AnyFunction, request: InvocationBatch): Promise<FunctionError> {
  try {
    await new FunctionSet([fn]).invoke(request);
  } catch (error) {
    if (error instanceof FunctionError) return error;
    throw error;
  }
  throw new Error('the batch did not fail');
}

/** The state that a batch leaves, decoded as JSON; deleted state is null. */
export async function stateAfter(fn: AnyFunction, request: InvocationBatch): Promise<Record<string, unknown>> {
  const { state } = await effectsOf(fn, request);
  return Object.fromEntries(
    state.map(({ name, value }) => [
      name,
      value === undefined ? null : JSON.parse(Buffer.from(value.bytes).toString()),
    ]),
  );
}

export const GO = message(types.string, 'go');
