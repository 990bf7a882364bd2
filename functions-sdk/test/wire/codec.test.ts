import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeFromFunction, encodeFromFunction } from '../../src/wire/from-function.js';
import type { Address, InvocationBatch, InvocationOutcome, TypedValue } from '../../src/wire/messages.js';
import {
  decodeSharedReplies,
  decodeSharedRequest,
  encodeSharedReplies,
  encodeSharedRequest,
  type SharedReply,
} from '../../src/wire/shared-request.js';
import { decodeToFunction, encodeToFunction } from '../../src/wire/to-function.js';
import { batches, followedBatches, outcomes } from './arbitraries.js';
import { make, oracle, type OracleMessage } from './oracle.js';

const { reqreply } = oracle;
const { ToFunction, FromFunction } = reqreply;

function oracleAddress({ type, id }: Address): OracleMessage {
  const [Namespace, Type] = type.split('/');
  return make(reqreply.Address, { Namespace, Type, Id: id });
}

function oracleValue(value: TypedValue | undefined): OracleMessage | undefined {
  if (value === undefined) return undefined;
  return make(reqreply.TypedValue, { Typename: value.typename, HasValue: value.hasValue, Value: value.bytes });
}

function oracleRequest({ target, state, invocations }: InvocationBatch): Uint8Array {
  const Invocation = make(ToFunction.InvocationBatchRequest, {
    Target: oracleAddress(target),
    StateList: state.map(({ name, value }) =>
      make(ToFunction.PersistedValue, { StateName: name, StateValue: oracleValue(value) }),
    ),
    InvocationsList: invocations.map(({ caller, argument }) =>
      make(ToFunction.Invocation, { Caller: caller && oracleAddress(caller), Argument: oracleValue(argument) }),
    ),
  });
  return make(ToFunction, { Invocation }).serializeBinary();
}

function oracleAnswer(outcome: InvocationOutcome): Uint8Array {
  if (outcome.kind === 'incomplete') {
    const MissingValuesList = outcome.missing.map(({ name, typename, expiration }) =>
      make(FromFunction.PersistedValueSpec, {
        StateName: name,
        TypeTypename: typename,
        ExpirationSpec:
          expiration &&
          make(FromFunction.ExpirationSpec, {
            Mode: expiration.after === 'write' ? 1 : 2,
            ExpireAfterMillis: expiration.ms,
          }),
      }),
    );
    const IncompleteInvocationContext = make(FromFunction.IncompleteInvocationContext, { MissingValuesList });
    return make(FromFunction, { IncompleteInvocationContext }).serializeBinary();
  }
  const { messages, delayed, egresses, state } = outcome.effects;
  const InvocationResult = make(FromFunction.InvocationResponse, {
    StateMutationsList: state.map(({ name, value }) =>
      make(FromFunction.PersistedValueMutation, {
        MutationType: value === undefined ? 0 : 1,
        StateName: name,
        StateValue: oracleValue(value),
      }),
    ),
    OutgoingMessagesList: messages.map(({ target, argument }) =>
      make(FromFunction.Invocation, { Target: oracleAddress(target), Argument: oracleValue(argument) }),
    ),
    DelayedInvocationsList: delayed.map((message) =>
      make(FromFunction.DelayedInvocation, {
        CancellationToken: message.token,
        ...(message.kind === 'cancel'
          ? { IsCancellationRequest: true }
          : {
              DelayInMs: message.delayMs,
              Target: oracleAddress(message.target),
              Argument: oracleValue(message.argument),
            }),
      }),
    ),
    OutgoingEgressesList: egresses.map(({ egress, argument }) => {
      const [EgressNamespace, EgressType] = egress.split('/');
      return make(FromFunction.EgressMessage, { EgressNamespace, EgressType, Argument: oracleValue(argument) });
    }),
  });
  return make(FromFunction, { InvocationResult }).serializeBinary();
}

describe('the codec of the protocol', () => {
  it('writes requests byte for byte as Apache’s classes do, and reads them back', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const bytes = encodeToFunction(batch);
        assert.deepEqual(bytes, Buffer.from(oracleRequest(batch)));
        assert.deepEqual(decodeToFunction(bytes), batch);
      }),
    );
  });

  it('says what only a platform of ours reads where Apache’s classes pass it over', () => {
    const spec = { name: 'cart', typename: 'a/Cart', expiration: { after: 'write', ms: 5 } } as const;
    const bytes = encodeFromFunction({ kind: 'incomplete', missing: [{ ...spec, onExpiry: 'a/CartExpired' }] });
    assert.deepEqual(decodeFromFunction(bytes), {
      kind: 'incomplete',
      missing: [{ ...spec, onExpiry: 'a/CartExpired' }],
    });
    const withoutIt = encodeFromFunction({ kind: 'incomplete', missing: [spec] });
    const read = (from: Uint8Array): unknown => FromFunction.deserializeBinary(from).toObject();
    assert.deepEqual(read(bytes), read(withoutIt));
  });

  it('says whether parts of state are those of a list or of a map, or that they are parts', () => {
    const spec = { name: 'cart', typename: 'a/Item', expiration: undefined, isInParts: true } as const;
    const missing = [spec, { ...spec, parts: 'list' as const }, { ...spec, parts: 'map' as const }];
    assert.deepEqual(decodeFromFunction(encodeFromFunction({ kind: 'incomplete', missing })), {
      kind: 'incomplete',
      missing,
    });
  });

  it('says in which trace a call is where Apache’s classes pass it over', () => {
    fc.assert(
      fc.property(followedBatches, ({ traceparent, ...batch }) => {
        const bytes = encodeToFunction({ ...batch, traceparent: traceparent! });
        const read = (from: Uint8Array): unknown => ToFunction.deserializeBinary(from).toObject();
        assert.deepEqual(read(bytes), read(encodeToFunction(batch)));
        assert.deepEqual(decodeToFunction(bytes), { ...batch, traceparent });
      }),
    );
  });

  it('writes answers byte for byte as Apache’s classes do, and reads them back', () => {
    fc.assert(
      fc.property(outcomes, (outcome) => {
        const bytes = encodeFromFunction(outcome);
        assert.deepEqual(bytes, Buffer.from(oracleAnswer(outcome)));
        assert.deepEqual(decodeFromFunction(bytes), outcome);
      }),
    );
  });

  it('reads an answer without content as a success without effects', () => {
    const effects = { messages: [], delayed: [], egresses: [], state: [] };
    assert.deepEqual(decodeFromFunction(new Uint8Array(0)), { kind: 'result', effects });
  });

  it('writes many addresses into one request and reads them back, failures beside answers', () => {
    const failure = fc
      .tuple(fc.nat(999), fc.json())
      .map(([status, problem]) => ({ kind: 'failure' as const, status, problem }));
    const replies: fc.Arbitrary<SharedReply[]> = fc.array(fc.oneof(outcomes, failure), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(followedBatches, { maxLength: 5 }), replies, (requests, answers) => {
        assert.deepEqual(decodeSharedRequest(encodeSharedRequest(requests)), requests);
        assert.deepEqual(decodeSharedReplies(encodeSharedReplies(answers)), answers);
      }),
    );
  });

  it('writes messages that are larger than anything before, and small ones after them', () => {
    const argument = { typename: 'a/b', hasValue: true, bytes: Buffer.alloc(3_000_000, 7) };
    const large: InvocationBatch = {
      target: { type: 'a/b', id: 'é'.repeat(50_000) },
      state: [],
      invocations: [{ caller: undefined, argument }],
    };
    const small = {
      ...large,
      target: { type: 'a/b', id: '' },
      invocations: [{ caller: undefined, argument: undefined }],
    };
    for (const batch of [large, small, large, small])
      assert.deepEqual(decodeToFunction(encodeToFunction(batch)), batch);
  });

  it('refuses to write half of a surrogate pair, which would arrive as another text', () => {
    const batch = { target: { type: 'a/b', id: 'x\ud800' }, state: [], invocations: [] };
    assert.throws(() => encodeToFunction(batch), /half of a surrogate pair.*ud800/);
  });
});
