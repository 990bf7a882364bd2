import assert from 'node:assert/strict';
import {
  egressValue,
  FunctionError,
  kafkaRecord,
  persisted,
  persistedMap,
  remoteFunction,
  statefulFunction,
  types,
} from '../../src/index.js';
import { TestKit } from '../../src/testing/index.js';

const Remind = types.json<{ text: string; after: '1m' | '10m' }>('test/Remind');
const Say = types.json<{ text: string }>('test/Say');
const inbox = remoteFunction('test/inbox', [types.string]);

/** Sends what it is asked to, later; a message of text cancels. */
const reminder = statefulFunction('test/reminder', {
  state: {
    said: persisted(types.int, { default: 0 }),
    recent: persisted(types.string, { expireAfterWrite: '5m' }),
    lastCall: persisted(types.bool, { expireAfterCall: '2m' }),
  },
})
  .on(Remind, (context, { text, after }) =>
    context.sendAfter(after, context.self, types.json<{ text: string }>('test/Say'), { text }, { token: text }),
  )
  .on(Say, (context, { text }) => {
    context.state.said += 1;
    context.state.recent = text;
    context.emit(egressValue('test/out', types.string, text));
    context.emit(
      kafkaRecord({ egress: 'test/kafka', topic: 'said', key: context.self.id, value: text, headers: [['n', null]] }),
    );
    context.send(inbox.at(context.self.id), types.string, text);
  })
  .on(types.string, (context, token) => context.cancel(token))
  .on(types.bool, ({ state }) => {
    state.lastCall ??= true;
  });

describe('the test kit', () => {
  it('delivers delayed messages at their times', async () => {
    const kit = new TestKit([reminder], { startMs: 1000 });
    await kit.send(reminder.at('1'), Remind, { text: 'late', after: '10m' });
    await kit.send(reminder.at('1'), Remind, { text: 'early', after: '1m' });
    assert.deepEqual(
      kit.pending().map(({ inMs, token }) => [inMs, token]),
      [
        [60_000, 'early'],
        [600_000, 'late'],
      ],
    );
    await kit.advance(59_999);
    kit.expectEmitted('test/out', types.string, []);
    await kit.advance(1);
    kit.expectEmitted('test/out', types.string, ['early']);
    await kit.advance('1h');
    kit.expectEmitted('test/out', types.string, ['early', 'late']);
    assert.equal(kit.nowMs, 1000 + 60_000 + 3_600_000);
  });

  it('cancels them by their token', async () => {
    const kit = new TestKit([reminder]);
    await kit.send(reminder.at('1'), Remind, { text: 'a', after: '1m' });
    await kit.send(reminder.at('2'), Remind, { text: 'a', after: '1m' });
    await kit.send(reminder.at('1'), types.string, 'a');
    await kit.advance('1h');
    kit.expectSent(inbox.at('1'), types.string, []);
    kit.expectSent(inbox.at('2'), types.string, ['a']);
  });

  it('refuses a token that is not free, which would end a job', async () => {
    const kit = new TestKit([reminder]);
    await kit.send(reminder.at('1'), Remind, { text: 'a', after: '1m' });
    await assert.rejects(
      kit.send(reminder.at('1'), Remind, { text: 'a', after: '1m' }),
      /a second message with the token "a"/,
    );
  });

  it('applies nothing of a batch with such a token, whatever else it led to', async () => {
    const twice = statefulFunction('test/twice', { state: { n: types.int } }).on(types.int, (context, n) => {
      context.state.n = n;
      context.send(inbox.at('1'), types.string, 'x');
      context.emit(egressValue('test/out', types.int, n));
      for (let i = 0; i < n; i++) context.sendAfter('1m', context.self, types.int, 1, { token: 'same' });
    });
    const kit = new TestKit([twice]);
    await assert.rejects(kit.send(twice.at('1'), types.int, 2), /a second message with the token "same"/);
    await kit.run();
    assert.deepEqual([kit.state(twice, '1'), kit.pending(), kit.sentTo(inbox.at('1'), types.string)], [{}, [], []]);
    kit.expectEmitted('test/out', types.int, []);
    await kit.send(twice.at('1'), types.int, 1);
    assert.equal(kit.pending().length, 1);
  });

  it('pages through a large map about as fast as it is large', async () => {
    const Do = types.json<'fill' | 'page'>('test/Do');
    let seen = 0;
    const keeper = statefulFunction('test/keeper', { state: { map: persistedMap(types.int) } }).on(
      Do,
      ({ state }, what) => {
        seen = 0;
        if (what === 'fill') for (let i = 0; i < 20_000; i++) state.map.set(`k${i}`, i);
        let page = what === 'fill' ? [] : state.map.entries({ limit: 1000 });
        for (; page.length > 0; page = state.map.entries({ limit: 1000, after: page.at(-1)![0] })) seen += page.length;
      },
    );
    const kit = new TestKit([keeper]);
    await kit.send(keeper.at('1'), Do, 'fill');
    const begin = process.cpuUsage();
    await kit.send(keeper.at('1'), Do, 'page');
    assert.equal(seen, 20_000);
    const { user } = process.cpuUsage(begin);
    assert.ok(user < 2_000_000, `it took ${user} µs`);
  });

  it('lets state expire after its last write, and after the last call', async () => {
    const kit = new TestKit([reminder]);
    await kit.send(reminder.at('1'), Say, { text: 'x' });
    await kit.send(reminder.at('1'), types.bool, true);
    await kit.advance(119_999);
    await kit.send(reminder.at('1'), types.bool, true);
    kit.expectState(reminder, '1', { said: 1, recent: 'x', lastCall: true });
    await kit.advance('2m');
    kit.expectState(reminder, '1', { said: 1, recent: 'x' });
    await kit.advance('5m');
    kit.expectState(reminder, '1', { said: 1 });
    kit.expectState(reminder, '2', {});
  });

  it('tells of state that expires at its time, in the order of times', async () => {
    const Note = types.json<string>('test/Note');
    const Gone = types.json<string>('test/Gone');
    const keeper = statefulFunction('test/keeper', {
      state: { note: persisted(Note, { expireAfterWrite: '5m', onExpiry: Gone }) },
    })
      .on(Note, (context, note) => {
        context.state.note = note;
        context.sendAfter('6m', context.self, Gone, `${note}, which was sent`);
      })
      .on(Gone, (context, note) => context.emit(egressValue('test/out', types.string, `${context.self.id}: ${note}`)));
    const kit = new TestKit([keeper]);
    await kit.send(keeper.at('1'), Note, 'a');
    await kit.advance('2m');
    await kit.send(keeper.at('2'), Note, 'b');
    await kit.send(keeper.at('1'), Note, 'c');
    await kit.advance('4m');
    kit.expectEmitted('test/out', types.string, ['1: a, which was sent']);
    kit.expectState(keeper, '1', { note: 'c' });
    await kit.advance('1m');
    kit.expectEmitted('test/out', types.string, ['1: a, which was sent', '1: c', '2: b']);
    kit.expectState(keeper, '1', {});
    await kit.advance('1h');
    assert.equal(kit.emitted('test/out', types.string).length, 5);
  });

  it('tells of state of any type in a type of the same form', async () => {
    const Gone = types.named('test/Gone', types.int);
    const counter = statefulFunction('test/counter', {
      state: { count: persisted(types.int, { default: 0, expireAfterWrite: '5m', onExpiry: Gone }) },
    })
      .on(types.int, ({ state }, n) => void (state.count += n))
      .on(Gone, (context, n) => context.emit(egressValue('test/out', types.int, n)));
    const kit = new TestKit([counter]);
    await kit.send(counter.at('1'), types.int, 7);
    await kit.advance('5m');
    kit.expectEmitted('test/out', types.int, [7]);
  });

  it('shows records for Kafka with their headers', async () => {
    const kit = new TestKit([reminder]);
    await kit.send(reminder.at('1'), Say, { text: 'x' });
    const [record, ...others] = kit.kafkaRecords('test/kafka');
    assert.deepEqual(others, []);
    assert.deepEqual([record?.topic, record?.key, record?.text, record?.headers], ['said', '1', 'x', [['n', null]]]);
  });

  it('rejects with what a handler threw, and the batch has no effect', async () => {
    const failing = statefulFunction('test/failing', { state: { n: types.int } }).on(types.int, (context, n) => {
      context.state.n = n;
      context.emit(egressValue('test/out', types.int, n));
      if (n === 2) throw new Error('two');
    });
    const kit = new TestKit([failing]);
    await kit.send(failing.at('1'), types.int, 1);
    await assert.rejects(kit.send(failing.at('1'), types.int, 2), (error) => error instanceof FunctionError);
    kit.expectState(failing, '1', { n: 1 });
    kit.expectEmitted('test/out', types.int, [1]);
  });

  it('routes between functions, which reply to one another', async () => {
    const server = statefulFunction('test/server').on(types.int, (context, n) => context.reply(types.int, n * 2));
    const client = statefulFunction('test/client', { state: { got: types.int } })
      .on(types.string, (context, text) => context.send(server.at('s'), types.int, text.length))
      .on(types.int, (context, n) => {
        assert.deepEqual(context.caller, { type: 'test/server', id: 's' });
        context.state.got = n;
      });
    const kit = new TestKit([server, client]);
    await kit.send(client.at('c'), types.string, 'four');
    kit.expectState(client, 'c', { got: 8 });
  });

  for (const [batching, kept] of [
    [false, [1]],
    [true, []],
  ] as const) {
    it(`gives ${batching ? 'all waiting messages as one batch when told to' : 'one message at a time by default'}`, async () => {
      const fn = statefulFunction('test/f').on(types.int, (context, n) => {
        if (n === 2) throw new Error('two');
        context.emit(egressValue('test/out', types.int, n));
      });
      const kit = new TestKit([fn], { batching });
      for (const n of [1, 2]) kit.enqueue(fn.at('1'), types.int, n);
      await assert.rejects(kit.run(), /two/);
      kit.expectEmitted('test/out', types.int, kept);
    });
  }

  it('ends functions that never stop sending to each other', async () => {
    const loop = statefulFunction('test/loop').on(types.int, (context, n) => context.send(context.self, types.int, n));
    await assert.rejects(
      new TestKit([loop]).send(loop.at('1'), types.int, 1),
      /after 100000 messages there is still one/,
    );
  });

  it('fails an expectation with an AssertionError', async () => {
    const kit = new TestKit([reminder]);
    assert.throws(() => kit.expectState(reminder, '1', { said: 1 }), assert.AssertionError);
    assert.throws(() => kit.expectEmitted('test/out', types.int, [1]), assert.AssertionError);
    await kit.send(reminder.at('1'), Say, { text: 'x' });
    assert.throws(() => kit.expectEmitted('test/out', types.int, [1]), /io\.statefun\.types\/string was sent, not a/);
  });
});
