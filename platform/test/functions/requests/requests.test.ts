import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeEntry, encodeEntry, type InvocationEntry } from '../../../src/functions/requests/invocation-entry.js';
import { decisionMessage, mended, recordMessage, RequestWorld, type Kind } from './request-world.js';

const BOOKS = ['a', 'b'] as const;

type Event =
  | { readonly kind: 'take' | 'answer' | 'sync' | 'again'; readonly of: number }
  | { readonly kind: 'ask'; readonly of: number; readonly what: Kind }
  | { readonly kind: 'wait' | 'checkpoint' | 'crash' };

const events: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom('take', 'answer', 'answer', 'sync', 'sync', 'again'), of: fc.nat(5) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      of: fc.nat(7),
      what: fc.constantFrom<Kind>('plain', 'plain', 'clerk', 'later', 'throws', 'decide'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('wait', 'checkpoint', 'crash') }) },
);

/** What was asked, by key: who asks again asks the same. */
type Asked = Map<string, { readonly id: string; readonly kind: Kind }>;

async function happens(world: RequestWorld, event: Event, asked: Asked): Promise<void> {
  switch (event.kind) {
    case 'take':
      world.take(event.of);
      return world.step();
    case 'answer':
      return world.answer(event.of);
    case 'sync':
      return world.sync(event.of);
    case 'ask': {
      const key = `key ${asked.size}`;
      asked.set(key, { id: BOOKS[event.of % BOOKS.length]!, kind: event.what });
      return world.ask(key, asked.get(key)!.id, event.what);
    }
    case 'again': {
      const [key, request] = [...asked][event.of] ?? [];
      return key === undefined ? undefined : world.ask(key, request!.id, request!.kind);
    }
    case 'wait':
      world.clock.advanceTo(world.clock.now() + 60);
      return world.step();
    case 'checkpoint':
      return world.checkpoint();
    case 'crash':
      return world.crash();
  }
}

describe('requests to functions', function () {
  this.timeout(60_000);

  it('are each done once, in the place that their reply says, whenever it crashes and is asked again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...BOOKS), fc.constantFrom<Kind>('plain', 'later')), {
          maxLength: 12,
          size: 'max',
        }),
        fc.array(events, { maxLength: 80, size: 'max' }),
        async (records, course) => {
          const world = await RequestWorld.open(records.map(([id, kind], i) => recordMessage(i, id, kind)));
          const asked: Asked = new Map();
          for (const event of course) await happens(world, event, asked);
          // Those who were not answered do not give up.
          for (const [key, { id, kind }] of asked) world.ask(key, id, kind);
          await world.finish();
          assert.deepEqual(world.contradictions, []);
          const books = new Map<string, readonly string[]>();
          for (const id of BOOKS) books.set(id, await world.entries(id));
          for (const [key, { id, kind }] of asked) checkReply(key, kind, world.replies.get(key), books.get(id)!);
          const expected = [
            ...records.flatMap(([, kind], i) => namesOf(`record ${i}`, kind)),
            ...[...asked].flatMap(([key, { kind }]) => namesOf(key, kind)),
          ];
          const found = [...books.values()].flat().map((entry) => entry.replace(/ #\d+$/, ''));
          assert.deepEqual(found.sort(), expected.sort());
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a request', () => {
  const names = async (world: RequestWorld): Promise<readonly string[]> =>
    (await world.entries('a')).map((entry) => entry.replace(/ #\d+$/, ''));

  it('that waits for its function is done once, however often and late it is asked again', async () => {
    const world = await RequestWorld.open([], { keptMs: 100 });
    for (let time = 0; time < 3; time++) {
      world.ask('slow', 'a', 'plain');
      world.sync(Infinity);
      world.clock.advanceTo(world.clock.now() + 1000);
      await world.checkpoint();
      await world.crash();
    }
    world.ask('slow', 'a', 'plain');
    await world.finish();
    assert.match(world.replies.get('slow')!, /^replied/);
    assert.deepEqual(await names(world), ['slow']);
  });

  it('is forgotten when it was answered so long ago', async () => {
    const world = await RequestWorld.open([], { keptMs: 100 });
    for (let time = 0; time < 2; time++) {
      world.ask('again', 'a', 'plain');
      await world.finish();
      world.clock.advanceTo(world.clock.now() + 101);
    }
    assert.deepEqual(await names(world), ['again', 'again']);
  });

  it('whose message is parked is neither given up nor lost by a crash, and has its reply when it is released', async () => {
    const world = await RequestWorld.open([], { onFailure: { retries: 0, then: 'park' } });
    world.ask('held', 'a', 'breaks');
    world.sync(Infinity);
    for (let call = 0; call < 3; call++) await world.answer(0);
    assert.equal(world.replies.size, 0);
    await world.crash();
    world.ask('held', 'a', 'breaks');
    for (let call = 0; call < 3; call++) await world.answer(0);
    await world.checkpoint();
    await world.crash();
    assert.equal(world.replies.size, 0);
    mended.add('held');
    world.ask('held', 'a', 'breaks');
    world.release('a');
    await world.finish();
    assert.match(world.replies.get('held')!, /^replied/);
    assert.deepEqual(await names(world), ['held']);
  });

  it('that is left has no caller, is answered when it is kept, and fails the job as any message does', async () => {
    const world = await RequestWorld.open([], { onFailure: { retries: 0, then: 'fail' } });
    world.ask('left', 'a', 'says', 'leave');
    assert.equal(world.replies.size, 0);
    world.sync(Infinity);
    assert.equal(world.replies.get('left'), 'accepted ');
    // The same again is the same; a call with the same key is another request.
    world.ask('left', 'a', 'says', 'leave');
    world.ask('asked', 'a', 'says');
    await world.finish();
    world.ask('broken', 'a', 'breaks', 'leave');
    world.sync(Infinity);
    await assert.rejects(world.finish(), { code: 'TG481', retriable: true });
    await world.crash();
    mended.add('broken');
    await world.finish();
    const asked = 'asked of tidegate.reply/test%2Fbook:asked';
    assert.deepEqual(await names(world), ['left of nobody', asked, 'broken']);
  });

  it('whose function sends a reply to what is no request has failed, also when it is done again', async () => {
    const world = await RequestWorld.open([], { onFailure: { retries: 0, then: 'fail' } });
    world.ask('odd', 'a', 'strange');
    await world.finish();
    assert.match(
      world.replies.get('odd')!,
      /^failed .*sends to tidegate\.reply\/%zz:k, which the application does not have/,
    );
    await world.crash();
    world.ask('odd', 'a', 'strange');
    world.ask('even', 'a', 'plain');
    await world.finish();
    assert.deepEqual(world.contradictions, []);
    assert.deepEqual(await names(world), ['even']);
  });
});

/** Whether there is an alert on an event, and when it comes. */
const ALERTS = ['none', 'before', 'behind', 'both'] as const;

describe('decisions of rules', function () {
  this.timeout(60_000);

  it('are each one for all who ask, whenever it crashes, and the default where there is no alert', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...ALERTS), { minLength: 1, maxLength: 5 }),
        fc.array(events, { maxLength: 60, size: 'max' }),
        async (alerts, course) => {
          const requests = alerts.map((_, i) => `request ${i}`);
          const world = await RequestWorld.open(alerts.flatMap((alert, i) => throughGraph(requests[i]!, alert)));
          const asked: Asked = new Map(requests.map((request) => [request, { id: request, kind: 'ruled' }]));
          for (const event of course) if (event.kind !== 'ask') await happens(world, event, asked);
          for (const request of requests) world.ask(request, request, 'ruled');
          await world.finish();
          await happens(world, { kind: 'wait' }, asked);
          await world.finish();
          assert.deepEqual(world.contradictions, []);
          for (const [i, alert] of alerts.entries()) {
            const told = world.replies.get(requests[i]!) ?? 'nothing';
            if (alert === 'none') assert.equal(told, 'defaulted by default');
            else if (alert === 'behind') assert.match(told, /^defaulted by default$|^replied an alert #/);
            else assert.match(told, /^replied an alert #/);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are those of the log after a crash, also where the alert comes again, or came too late', async () => {
    const requests = ['in time', 'too late'] as const;
    const world = await RequestWorld.open(requests.flatMap((request) => throughGraph(request, 'behind')));
    const ask = (): void => requests.forEach((request) => world.ask(request, request, 'ruled'));
    ask();
    world.take(3);
    world.clock.advanceTo(world.clock.now() + 60);
    world.step();
    world.take(1);
    world.sync(Infinity);
    const told = [...world.replies];
    assert.match(told.join('; '), /^in time,replied an alert #\d+; too late,defaulted by default$/);
    world.replies.clear();
    await world.crash();
    ask();
    await world.finish();
    assert.deepEqual([...world.replies], told);
  });
});

/** An alert, like its event, comes by a way of its own. */
function throughGraph(request: string, alert: (typeof ALERTS)[number]) {
  const event = decisionMessage(request, 'event');
  const alerts = [decisionMessage(request, 'alert')];
  const [before, behind] = [['before', 'both'].includes(alert), ['behind', 'both'].includes(alert)];
  return [...(before ? alerts : []), event, ...(behind ? alerts : [])];
}

describe('a call whose outcome was logged and then refused', () => {
  it('is made again after a crash: nothing has come of its messages', async () => {
    const world = await RequestWorld.open([]);
    const keys = ['first', 'second', 'third', 'fourth'] as const;
    const ask = (key: string): void => world.ask(key, 'a', 'later');
    const pass = (): void => {
      world.clock.advanceTo(world.clock.now() + 60);
      world.step();
    };
    const goOn = async (): Promise<void> => {
      await world.answer(0);
      world.sync(Infinity);
    };
    ask('first');
    // It asks for its state, and is called again.
    await goOn();
    await goOn();
    ask('second');
    pass();
    await goOn();
    // One call has the third, the late second, which says of the third's token that it is free, and the fourth, which takes it.
    ask('third');
    pass();
    ask('fourth');
    await goOn();
    await goOn();
    assert.deepEqual([...world.replies.keys()], ['first', 'second']);
    await world.crash();
    keys.forEach(ask);
    await world.finish();
    assert.deepEqual(world.contradictions, []);
    assert.deepEqual([...world.replies.keys()], keys);
    const names = (await world.entries('a')).map((entry) => entry.replace(/ #\d+$/, ''));
    assert.deepEqual(names.sort(), keys.flatMap((key) => [key, `late ${key}`]).sort());
  });
});

describe('a token of a delayed message', () => {
  /** Has all that is under way answered, and synced. */
  async function goOn(world: RequestWorld): Promise<void> {
    for (let round = 0; round < 5; round++) {
      await world.answer(0);
      world.sync(Infinity);
    }
  }

  it('that was free again and taken again behind a checkpoint is so after a crash', async () => {
    const world = await RequestWorld.open([]);
    world.ask('first', 'a', 'later');
    await goOn(world);
    await world.checkpoint();
    world.clock.advanceTo(world.clock.now() + 60);
    world.step();
    await goOn(world);
    world.ask('second', 'a', 'later');
    await goOn(world);
    assert.ok(world.replies.has('second'));
    await world.crash();
    await world.finish();
    const names = (await world.entries('a')).map((entry) => entry.replace(/ #\d+$/, ''));
    assert.deepEqual(names, ['first', 'late first', 'second', 'late second']);
  });
});

function checkReply(key: string, kind: Kind, reply: string | undefined, entries: readonly string[]): void {
  assert.ok(reply !== undefined, `${key} was never answered`);
  if (kind === 'decide') return assert.match(reply, /^defaulted by default$|^replied .*#/);
  if (kind === 'throws') return assert.match(reply, /^failed .*not this one/);
  const [, body = ''] = /^replied (.*)$/.exec(reply) ?? [];
  const { entry, place } = JSON.parse(body) as { entry: string; place: number };
  assert.ok(entries.includes(entry), `${key} was told ${entry}, and there is none`);
  if (kind !== 'clerk') assert.equal(entries[place - 1], entry);
}

/** What a message leaves in its book. */
function namesOf(name: string, kind: Kind): string[] {
  if (kind === 'throws' || kind === 'decide') return [];
  return kind === 'later' ? [name, `late ${name}`] : [name];
}

describe('an entry of the log of invocations', () => {
  const target = { type: 'test/book', id: 'ä/1' };
  const argument = { typename: 'test/Told', hasValue: true, bytes: new Uint8Array([0, 255, 7]) };
  const effects = { messages: [], delayed: [], egresses: [], state: [{ name: 's', value: argument }] };
  const rows: readonly InvocationEntry[] = [
    { kind: 'request', target, request: 'k', argument },
    { kind: 'request', target, request: 'k', argument: { typename: '', hasValue: false, bytes: new Uint8Array(0) } },
    { kind: 'given-up', target, request: 'k', argument, reason: 'no' },
    { kind: 'decided', target, request: 'k', by: 'replied', argument },
    { kind: 'decided', target, request: 'k', by: 'defaulted', argument },
    { kind: 'declared', type: 'test/book', state: [{ name: 's', typename: 't/t', expiration: undefined }] },
    { kind: 'outcome', target, consumed: ['', 'q:k'], outcome: { kind: 'result', effects }, atMs: 1_700_000_000_123 },
  ];
  for (const entry of rows)
    it(`of the kind ${entry.kind} is read as it was written`, () =>
      assert.deepEqual(plain(decodeEntry(encodeEntry(entry))), plain(entry)));

  it('is refused when it is none', () => assert.throws(() => decodeEntry(new Uint8Array([9])), /of no kind/));
});

/** Bytes of any class, and without what is undefined. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, plain(one)]])),
  );
}
