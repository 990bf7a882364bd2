/** Requests for the counter: batches of one address, or many addresses in one request. */
import { types } from '../../src/index.js';
import { toTypedValue } from '../../src/types/value-type.js';
import type { InvocationBatch } from '../../src/wire/messages.js';
import { encodeSharedRequest } from '../../src/wire/shared-request.js';
import { encodeToFunction } from '../../src/wire/to-function.js';

const TIME = 123_456_789_012_345;

function batch(key: number, size: number): InvocationBatch {
  const argument = toTypedValue(types.string, `k${key}|${TIME + key}`);
  return {
    target: { type: 'bench/counter', id: `k${key}` },
    state: [{ name: 'n', value: toTypedValue(types.int, key + 1) }],
    invocations: Array.from({ length: size }, () => ({ caller: undefined, argument })),
  };
}

/** `count` requests, each a batch of `size` messages for an address of its own. */
export function batches(size: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, key) => encodeToFunction(batch(key, size)));
}

/** `count` requests, each of `addresses` batches of one message. */
export function shared(addresses: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, first) =>
    encodeSharedRequest(Array.from({ length: addresses }, (__, i) => batch(first * addresses + i, 1))),
  );
}
