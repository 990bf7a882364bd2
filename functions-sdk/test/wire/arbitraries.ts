/** Whatever the protocol can say, for property tests. */
import fc from 'fast-check';
import type { InvocationBatch, InvocationOutcome } from '../../src/wire/messages.js';

/** With a prototype, like whatever the decoders make. */
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((part) => !part.includes('/'));
const typename = fc.tuple(name, name).map((parts) => parts.join('/'));
const address = record({ type: typename, id: text });
const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value));
export const typedValue = record({ typename, hasValue: fc.boolean(), bytes });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const batch = {
  target: address,
  state: fc.array(record({ name: text, value: optional(typedValue) }), { maxLength: 5 }),
  invocations: fc.array(record({ caller: optional(address), argument: optional(typedValue) }), {
    minLength: 1,
    maxLength: 5,
  }),
};

/** As Apache StateFun writes them. */
export const batches: fc.Arbitrary<InvocationBatch> = record(batch);
/** With what is our own. */
export const followedBatches: fc.Arbitrary<InvocationBatch> = record({ ...batch, traceparent: text });

const token = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const delayed = fc.oneof(
  record({
    kind: fc.constant('send' as const),
    delayMs: fc.oneof(fc.nat(), fc.maxSafeNat()),
    target: address,
    argument: typedValue,
    token: optional(token),
  }),
  record({ kind: fc.constant('cancel' as const), token }),
);
const expiration = record({ after: fc.constantFrom('write' as const, 'call' as const), ms: fc.integer({ min: 1 }) });
const few = { maxLength: 5 };

export const outcomes: fc.Arbitrary<InvocationOutcome> = fc.oneof(
  record({
    kind: fc.constant('incomplete' as const),
    missing: fc.array(record({ name, typename, expiration: optional(expiration) }), few),
  }),
  record({
    kind: fc.constant('result' as const),
    effects: record({
      messages: fc.array(record({ target: address, argument: typedValue }), few),
      delayed: fc.array(delayed, few),
      egresses: fc.array(record({ egress: typename, argument: typedValue }), few),
      state: fc.array(record({ name, value: optional(typedValue) }), few),
    }),
  }),
);
