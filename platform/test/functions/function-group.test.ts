/**
 * The group against the SDK's model of a platform: whatever fails, comes late, comes twice or crashes, the effects are those
 * of each message once.
 */
import assert from 'node:assert/strict';
import { egressValue, persisted, statefulFunction, types, type Address } from '@tidegate/functions-sdk';
import { SHARED_REQUEST_TYPE, type EndpointDescription, type TypedValue } from '@tidegate/functions-sdk/protocol';
import { TestKit } from '@tidegate/functions-sdk/testing';
import fc from 'fast-check';
import { AddressBacklog } from '../../src/functions/address-backlog.js';
import { CallTable } from '../../src/functions/call-table.js';
import { DelayedMessages } from '../../src/functions/delayed-messages.js';
import type { CallFailure } from '../../src/functions/function-client.js';
import type { FunctionMessage, WaitingMessage } from '../../src/functions/function-message.js';
import type { FunctionNode } from '../../src/job/function-node.js';
import { GroupWorld, nodeOf } from './group-world.js';

interface Step {
  readonly n: number;
  readonly hops: number;
}
const Go = types.json<Step>('test/Go');
const Out = types.json<Record<string, unknown>>('test/Out');
const ADDRESSES = 4;

/** What it puts out is the same in whatever order messages of different senders come. */
const walker = statefulFunction('test/walker', {
  state: { sum: persisted(types.int, { default: 0 }), count: persisted(types.int, { default: 0 }) },
}).on(Go, (context, { n, hops }) => {
  const { state, self } = context;
  state.sum += n;
  state.count += 1;
  context.emit(egressValue('test/out', Out, { at: self.id, n, hops }));
  if (hops > 0) context.send(at((n * 7 + hops) % ADDRESSES), Go, { n: n + 100, hops: hops - 1 });
  if (n % 3 === 0 && hops === 2) context.sendAfter(`${(n + 1) * 10}ms`, self, Go, { n: n + 1000, hops: 0 });
  if (n % 5 === 0 && hops === 2) {
    context.sendAfter('1h', self, Go, { n: 1, hops: 0 }, { token: `never ${n}` });
    context.cancel(`never ${n}`);
  }
});

function at(place: number): { readonly type: 'test/walker'; readonly id: string } {
  return { type: 'test/walker', id: `w${place}` };
}

function message(target: Address, step: Step): FunctionMessage {
  const argument: TypedValue = { typename: Go.typename, hasValue: true, bytes: Buffer.from(JSON.stringify(step)) };
  return { target, caller: undefined, argument };
}

type Event =
  | { readonly kind: 'take' | 'answer' | 'again'; readonly of: number }
  | { readonly kind: 'fail'; readonly of: number; readonly failure: CallFailure }
  | { readonly kind: 'dispatch' | 'wait' | 'snapshot' | 'crash' };

const failures: fc.Arbitrary<CallFailure> = fc.record(
  {
    kind: fc.constant('failure' as const),
    retriable: fc.constant(true),
    message: fc.constant('told by the test'),
    status: fc.constantFrom(500, 502, 503, 429),
    invocation: fc.nat(4),
  },
  { requiredKeys: ['kind', 'retriable', 'message', 'status'] },
);
const events: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constantFrom('take', 'answer', 'answer', 'again'), of: fc.nat(5) }),
  fc.record({ kind: fc.constant('fail' as const), of: fc.nat(5), failure: failures }),
  fc.record({ kind: fc.constantFrom('dispatch', 'dispatch', 'wait', 'snapshot', 'crash') }),
);
const runs = fc.record({
  inputs: fc.array(fc.tuple(fc.nat(ADDRESSES - 1), fc.nat(50)), { minLength: 1, maxLength: 20 }),
  events: fc.array(events, { maxLength: 60 }),
});
type Run = typeof runs extends fc.Arbitrary<infer R> ? R : never;

/** No message is given up for what the test makes fail. */
const PATIENT = nodeOf(['test/walker'], { retries: 1_000, then: 'fail' });

async function play({ inputs, events }: Run): Promise<GroupWorld> {
  const world = await GroupWorld.open(
    PATIENT,
    [walker],
    inputs.map(([place, n]) => message(at(place), { n, hops: 2 })),
  );
  for (const event of events) {
    switch (event.kind) {
      case 'take':
        world.take(event.of + 1);
        break;
      case 'dispatch':
        world.group.dispatch();
        break;
      case 'answer':
        await world.answer(event.of);
        break;
      case 'again': {
        const past = world.answered.at(-1 - event.of);
        if (past !== undefined && !world.pending.some(({ call }) => call === past.call))
          world.group.answered(past.call, await world.outcomesOf(past), 1);
        break;
      }
      case 'fail':
        await world.answer(event.of, world.pending[event.of]?.batches.map(() => event.failure) ?? []);
        break;
      case 'wait':
        world.clock.advanceTo(world.clock.now() + 300);
        world.group.advance(world.clock.now());
        break;
      case 'snapshot':
        await world.snapshot();
        break;
      case 'crash':
        await world.crash();
    }
  }
  await world.finish();
  return world;
}

async function expected({ inputs }: Run): Promise<Record<string, unknown>[]> {
  const kit = new TestKit([walker]);
  for (const [place, n] of inputs) kit.enqueue(at(place), Go, { n, hops: 2 });
  await kit.run();
  await kit.advance('2h');
  return kit.emitted('test/out', Out);
}

const sorted = (records: readonly unknown[]): string[] => records.map((record) => JSON.stringify(record)).sort();

async function holds(run: Run): Promise<void> {
  const [world, model] = [await play(run), await expected(run)];
  assert.deepEqual(sorted(world.emitted.map(({ value }) => value)), sorted(model));
}

describe('a group of functions', function () {
  this.timeout(60_000);

  it('has the effects of each message once, whatever fails, comes late or twice, or crashes', () =>
    fc.assert(fc.asyncProperty(runs, holds), { numRuns: 150 }));

  const mutants: readonly (readonly [name: string, plant: () => () => void])[] = [
    ['takes an answer twice', () => replaced(CallTable.prototype, 'end', endWithoutForgetting)],
    ['forgets messages when it calls for them', () => replaced(AddressBacklog.prototype, 'peek', peekAndRemove)],
    ['keeps what is cancelled', () => replaced(DelayedMessages.prototype, 'apply', applyWithoutCancelling)],
  ];
  for (const [name, plant] of mutants)
    it(`would be found out if it ${name}`, async () => {
      const restore = plant();
      try {
        const { failed } = await fc.check(fc.asyncProperty(runs, holds), { numRuns: 150, seed: 7, endOnFailure: true });
        assert.equal(failed, true);
      } finally {
        restore();
      }
    });

  it('calls for an address once at a time, with what came meanwhile in one batch behind it', async () => {
    const input = [1, 2, 3, 4].map((n) => message(at(0), { n, hops: 0 }));
    const world = await GroupWorld.open(PATIENT, [walker], input);
    await Promise.resolve();
    world.take(1);
    world.group.dispatch();
    world.take(3);
    world.group.dispatch();
    assert.deepEqual(
      world.pending.map(({ batches }) => batches.map(({ invocations }) => invocations.length)),
      [[1]],
    );
    await world.answer(0); // asks for its state
    world.group.dispatch();
    assert.equal(world.pending[0]?.batches[0]?.invocations.length, 4);
    await world.answer(0);
    assert.equal(world.group.isBusy, false);
    assert.deepEqual(
      world.emitted.map(({ value }) => value['n']),
      [1, 2, 3, 4],
    );
  });

  it('learns the state of a type from one call, while other addresses wait', async () => {
    const input = [0, 1, 2].map((place) => message(at(place), { n: 1, hops: 0 }));
    const world = await GroupWorld.open(PATIENT, [walker], input);
    await Promise.resolve();
    world.take(3);
    world.group.dispatch();
    assert.equal(world.pending.length, 1);
    await world.answer(0);
    world.group.dispatch();
    assert.deepEqual(
      world.pending.map(({ batches }) => batches[0]?.state.map(({ name }) => name)),
      [
        ['sum', 'count'],
        ['sum', 'count'],
        ['sum', 'count'],
      ],
    );
  });

  it('shares requests, once the endpoint has said that it takes them, also where it was not there at the start', async () => {
    const input = Array.from({ length: 8 }, (_, i) => message(at(i), { n: 1, hops: 0 }));
    const world = await openSharing(PATIENT, input);
    world.take(7);
    world.group.dispatch();
    assert.deepEqual(
      world.pending.map(({ batches }) => batches.length),
      [8],
    );
    assert.equal(world.described, 2);
  });

  it('takes many messages of few addresses into a request to a thread, of many addresses into one over HTTP', async () => {
    const input = Array.from({ length: 1000 }, (_, i) => message(at(i % 200), { n: 1, hops: 0 }));
    const overHttp = nodeOf(['test/walker']);
    const { requestsMax = 1, timeoutMs } = overHttp.endpoints[0]!;
    const module = { kind: 'module', id: 'functions.e', file: '/w.js', functions: ['test/walker'] } as const;
    const inThread = { ...overHttp, endpoints: [{ ...module, requestsMax, timeoutMs, memoryBytes: 1 << 20 }] };
    for (const [node, addresses] of [
      [overHttp, [200]],
      [inThread, [103, 97]],
    ] as const) {
      const world = await openSharing(node, input);
      world.take(999);
      world.group.dispatch();
      assert.deepEqual(
        world.pending.map(({ batches }) => batches.length),
        addresses,
      );
    }
  });

  it('gives up one message of a batch after its retries, and goes on with the others in their order', async () => {
    const input = [1, 2, 3].map((n) => message(at(0), { n, hops: 0 }));
    const world = await GroupWorld.open(nodeOf(['test/walker']), [walker], input);
    await Promise.resolve();
    world.take(3);
    const isPoison = (bytes: Uint8Array | undefined): boolean => Buffer.from(bytes ?? []).includes('"n":2');
    for (let round = 0; world.group.isBusy && round < 100; round++) {
      world.group.dispatch();
      const [call] = world.pending;
      const place = call?.batches[0]?.invocations.findIndex(({ argument }) => isPoison(argument?.bytes)) ?? -1;
      const failure: CallFailure = { kind: 'failure', status: 500, retriable: true, invocation: place, message: 'no' };
      if (call !== undefined) await world.answer(0, place >= 0 ? [failure] : undefined);
      world.clock.advanceTo(world.clock.now() + 20_000);
      world.group.advance(world.clock.now());
    }
    assert.deepEqual(
      world.emitted.map(({ value }) => value['n']),
      [1, 3],
    );
    assert.deepEqual(
      world.letters.map(({ where, split, reason, raw }) => ({ where, split, reason, raw })),
      [{ where: 'functions.test/walker', split: 'w0', reason: 'no', raw: { n: 2, hops: 0 } }],
    );
  });

  const unfit: readonly (readonly [what: string, effects: object, says: RegExp])[] = [
    ['state that it never declared', { state: [{ name: 'other', value: undefined }] }, /never declared/],
    ['messages to nobody', { messages: [{ target: { type: 'a/b', id: 'x' }, argument: NO_VALUE() }] }, /sends to a\/b/],
    ['records for no egress', { egresses: [{ egress: 'a/out', argument: NO_VALUE() }] }, /typename of no egress/],
    [
      'a token twice',
      {
        delayed: [1, 2].map((delayMs) => ({ kind: 'send', delayMs, target: at(0), argument: NO_VALUE(), token: 't' })),
      },
      /waits already/,
    ],
  ];
  for (const [what, effects, says] of unfit)
    it(`applies nothing of an answer with ${what}`, async () => {
      const world = await GroupWorld.open(
        nodeOf(['test/walker'], { retries: 0, then: 'dead-letter', to: 'egresses.bad' }),
        [walker],
        [message(at(0), { n: 1, hops: 0 })],
      );
      await Promise.resolve();
      world.take(1);
      world.group.dispatch();
      await world.answer(0);
      world.group.dispatch();
      const whole = { messages: [{ target: at(1), argument: NO_VALUE() }], delayed: [], egresses: [], state: [] };
      const messages = 'messages' in effects ? effects.messages : whole.messages;
      await world.answer(0, [{ kind: 'result', effects: { ...whole, ...effects, messages } as never }]);
      assert.match(world.letters[0]?.reason ?? '', says);
      assert.equal(world.group.isBusy, false);
    });

  it('counts against a message only what it failed with alone', async () => {
    const input = [1, 2, 3, 4].map((n) => message(at(0), { n, hops: 0 }));
    const node = nodeOf(['test/walker'], { retries: 1, then: 'dead-letter', to: 'egresses.bad' });
    const world = await GroupWorld.open(node, [walker], input);
    await Promise.resolve();
    world.take(4);
    const attempts: number[] = [];
    for (let round = 0; world.group.isBusy && round < 100; round++) {
      world.group.dispatch();
      const count = world.pending[0]?.batches[0]?.invocations.length ?? 0;
      if (count > 0) attempts.push(count);
      // It is away from time to time, whoever is called; the first message alone fails once.
      const fails = count > 1 ? attempts.length <= 4 : attempts.filter((each) => each === 1).length === 1;
      await world.answer(0, fails ? [{ kind: 'failure', retriable: true, message: 'no answer' }] : undefined);
      world.clock.advanceTo(world.clock.now() + 20_000);
      world.group.advance(world.clock.now());
    }
    assert.deepEqual(attempts.slice(0, 5), [4, 4, 2, 1, 1]);
    assert.deepEqual(world.letters, []);
    assert.equal(world.emitted.length, 4);
  });

  const fails = { kind: 'failure', status: 500, retriable: true, message: 'told by the test' } as const;
  const failOnce = async (world: GroupWorld): Promise<void> => {
    await Promise.resolve();
    world.group.dispatch();
    await world.answer(0, [fails]);
    world.clock.advanceTo(world.clock.now() + 20_000);
    world.group.advance(world.clock.now());
  };

  const attempts: readonly (readonly [then: 'dead-letter' | 'park' | 'fail', afterCrash: number])[] = [
    ['dead-letter', 1],
    ['park', 1],
    ['fail', 3],
  ];
  for (const [then, afterCrash] of attempts)
    it(`counts attempts over a restart: ${afterCrash} more with ${then}`, async () => {
      const to = then === 'dead-letter' ? { to: 'egresses.bad' } : {};
      const node = nodeOf(['test/walker'], { retries: 2, then, ...to });
      const world = await GroupWorld.open(node, [walker], [message(at(0), { n: 1, hops: 0 })]);
      world.take(1);
      for (let attempt = 0; attempt < 2; attempt++) await failOnce(world);
      await world.snapshot();
      await world.crash();
      for (let attempt = 1; attempt < afterCrash; attempt++) await failOnce(world);
      if (then === 'fail') await assert.rejects(failOnce(world), { code: 'TG481', retriable: true });
      else await failOnce(world);
      assert.equal(world.letters.length, then === 'dead-letter' ? 1 : 0);
      assert.equal(world.group.isBusy, then === 'fail');
    });

  it('ends the job for good where the call is not allowed, as no restart changes that', async () => {
    const node = nodeOf(['test/walker'], { retries: 5, then: 'fail' });
    const world = await GroupWorld.open(node, [walker], [message(at(0), { n: 1, hops: 0 })]);
    world.take(1);
    await Promise.resolve();
    world.group.dispatch();
    const forbidden = { kind: 'failure', retriable: false, forbidden: true, message: 'told by the test' } as const;
    await assert.rejects(world.answer(0, [forbidden]), { code: 'TG481', retriable: false });
  });

  it('keeps an address parked over a restart, until it is released', async () => {
    const node = nodeOf(['test/walker'], { retries: 0, then: 'park' });
    const world = await GroupWorld.open(node, [walker], [message(at(0), { n: 1, hops: 0 })]);
    world.take(1);
    await failOnce(world);
    for (let restart = 0; restart < 2; restart++) {
      await world.snapshot();
      await world.crash();
      await world.settle();
      assert.deepEqual([world.group.isBusy, world.emitted.length], [false, 0]);
    }
    world.group.addressDesk.ask({ kind: 'release', type: 'test/walker', id: at(0).id }, () => undefined);
    while (world.group.addressDesk.settle());
    await world.settle();
    assert.equal(world.emitted.length, 1);
    await world.snapshot();
    await world.crash();
    await world.finish();
    assert.equal(world.emitted.length, 1);
  });

  it('lets what a parked address keeps hold up nobody else', async () => {
    const others = Array.from({ length: 200 }, (_, n) => message(at(1), { n, hops: 0 }));
    const input = Array.from({ length: 9000 }, (_, n) => message(at(0), { n, hops: 0 }));
    const node = nodeOf(['test/walker'], { retries: 0, then: 'park' });
    const world = await GroupWorld.open(node, [walker], [...input, ...others]);
    await Promise.resolve();
    world.take(10);
    world.group.dispatch();
    // Halved until one is alone: for good.
    while (world.pending.length > 0) {
      await world.answer(0, [{ kind: 'failure', retriable: false, message: 'never' }]);
      world.group.dispatch();
    }
    assert.match(world.warnings.at(-1) ?? '', /"w0" is parked with its messages/);
    while (world.hasMore) {
      assert.equal(world.group.wantsInput, true);
      world.take(100);
    }
    await world.finish();
    assert.equal(world.emitted.length, others.length);
    assert.equal(world.group.isBusy, false);
  });

  it('names the address that has spent the budget, and takes no more until some of it is delivered', async () => {
    const input = Array.from({ length: 9000 }, (_, n) => message(at(n % 100 === 0 ? 1 : 0), { n, hops: 0 }));
    const world = await GroupWorld.open(PATIENT, [walker], input);
    await Promise.resolve();
    while (world.group.wantsInput && world.hasMore) world.take(1);
    assert.equal(world.group.wantsInput, false);
    assert.match(world.warnings[0] ?? '', /test\/walker of "w0"/);
    await world.finish();
    assert.equal(world.group.wantsInput, true);
    assert.equal(world.emitted.length, input.length);
  });

  it('tells once of a budget that is spent again and again, until it has had room for a minute', async () => {
    const input = Array.from({ length: 40_000 }, (_, n) => message(at(n % 100), { n, hops: 0 }));
    const world = await GroupWorld.open(PATIENT, [walker], input);
    await Promise.resolve();
    let spent = 0;
    const spend = async (): Promise<void> => {
      while (world.group.wantsInput && world.hasMore) world.take(100);
      if (!world.group.wantsInput) spent++;
      while (!world.group.wantsInput) {
        world.group.dispatch();
        if (world.pending.length > 0) await world.answer(0);
      }
    };
    for (let time = 0; time < 3; time++) await spend();
    assert.equal(spent, 3);
    assert.equal(world.warnings.length, 1);
    world.clock.advanceTo(world.clock.now() + 59_000);
    await spend();
    assert.equal(world.warnings.length, 1);
    world.clock.advanceTo(world.clock.now() + 60_000);
    await spend();
    assert.deepEqual([spent, world.warnings.length], [5, 2]);
  });
});

const DESCRIPTION: EndpointDescription = {
  protocol: 'io.statefun.sdk.reqreply',
  functions: [],
  limits: { maxBodyBytes: 1 << 20 },
  extensions: { sharedRequests: { contentType: SHARED_REQUEST_TYPE } },
};

/** Its endpoint was not there at the start; it has said since that it takes shared requests. One message is taken. */
async function openSharing(node: FunctionNode, input: readonly FunctionMessage[]): Promise<GroupWorld> {
  const refused = { kind: 'failure', unreachable: true, retriable: true, message: 'refused' } as const;
  const world = await GroupWorld.open(node, [walker], input, refused);
  await Promise.resolve();
  world.description = DESCRIPTION;
  world.take(1);
  world.group.dispatch();
  await world.answer(0); // says which state it has
  await Promise.resolve();
  return world;
}

function NO_VALUE(): TypedValue {
  return { typename: Go.typename, hasValue: false, bytes: new Uint8Array(0) };
}

function replaced(prototype: object, name: string, by: (original: Method) => Method): () => void {
  const original = Reflect.get(prototype, name) as Method;
  Reflect.set(prototype, name, by(original));
  return () => void Reflect.set(prototype, name, original);
}

type Method = (this: never, ...args: never[]) => unknown;

function endWithoutForgetting(end: Method): Method {
  const seen = new Map<number, unknown>();
  return function (this: never, ...args: never[]) {
    const [call] = args as unknown as [number];
    const found = end.apply(this, args) ?? seen.get(call);
    seen.set(call, found);
    return found;
  };
}

function peekAndRemove(peek: Method): Method {
  return function (this: never, ...args: never[]) {
    const messages = peek.apply(this, args) as WaitingMessage[];
    const [id] = args as unknown as [string];
    (this as AddressBacklog).remove(id, messages);
    return messages;
  };
}

function applyWithoutCancelling(apply: Method): Method {
  return function (this: never, ...args: never[]) {
    const [self, delayed, now] = args as unknown as [unknown, readonly { kind: string }[], unknown];
    return apply.apply(this, [self, delayed.filter(({ kind }) => kind === 'send'), now] as never[]);
  };
}
