import assert from 'node:assert/strict';
import {
  address,
  egressValue,
  FunctionSet,
  kafkaRecord,
  kinesisRecord,
  Reject,
  remoteFunction,
  RetryLater,
  statefulFunction,
  types,
  type Context,
  type EgressMessage,
} from '../../src/index.js';
import { oracle } from '../wire/oracle.js';
import { batch, CALLER, effectsOf, failureOf, GO, message, SELF } from './calls.js';

const Ping = types.json<{ n: number }>('test/Ping');

function running(body: (context: Context, text: string) => void | Promise<void>) {
  return statefulFunction('test/function').on(types.string, body);
}

describe('a handler', () => {
  it('is chosen by the type of the message', async () => {
    const got: unknown[] = [];
    const fn = statefulFunction('test/function')
      .on(types.string, (_, text) => void got.push(text))
      .on(Ping, (_, ping) => void got.push(ping.n))
      .otherwise(
        (_, other) => void got.push(other.typename, other.bytes?.length, other.is(types.bool) && other.as(types.bool)),
      );
    await effectsOf(fn, batch({}, GO, message(Ping, { n: 1 }), message(types.bool, true), undefined));
    assert.deepEqual(got, ['go', 1, 'io.statefun.types/bool', 2, true, '', undefined, false]);
  });

  it('is missed with the types that there are handlers for', async () => {
    const failure = await failureOf(
      running(() => undefined),
      batch({}, message(types.int, 1)),
    );
    assert.deepEqual([failure.code, failure.status, failure.place.invocation], ['unhandled-message', 422, 0]);
    assert.equal(failure.message, 'test/function got a io.statefun.types/int, and handles io.statefun.types/string');
  });

  it('does not get a message that cannot be decoded', async () => {
    const argument = { typename: 'test/Ping', hasValue: true, bytes: Buffer.from('no') };
    const fn = statefulFunction('test/function').on(Ping, () => assert.fail('it was called'));
    assert.equal((await failureOf(fn, batch({}, argument))).code, 'invalid-message');
  });

  it('is declared once for a type, and a function once in a set', () => {
    assert.throws(() => running(() => undefined).on(types.string, () => undefined), /two handlers for messages/);
    const fn = running(() => undefined);
    assert.throws(() => new FunctionSet([fn, fn]), /two functions of the type test\/function/);
    assert.throws(() => new FunctionSet([]), /no function to serve/);
  });

  it('has all its effects in their order', async () => {
    const fn = running((context, text) => {
      context.reply(types.string, `to ${context.caller?.id}`);
      context.send(address('a/b', '1'), types.int, 1);
      context.sendAfter('1m', context.self, types.string, text, { token: 't' });
      context.cancel('u');
      context.sendAfter(5, SELF, types.bool, false);
      context.emit(egressValue('out/a', types.string, 'x'));
    });
    const { messages, delayed, egresses } = await effectsOf(fn, batch({}, GO));
    assert.deepEqual(messages, [
      { target: CALLER, argument: message(types.string, 'to you') },
      { target: { type: 'a/b', id: '1' }, argument: message(types.int, 1) },
    ]);
    assert.deepEqual(delayed, [
      { kind: 'send', delayMs: 60_000, target: SELF, argument: GO, token: 't' },
      { kind: 'cancel', token: 'u' },
      { kind: 'send', delayMs: 5, target: SELF, argument: message(types.bool, false), token: undefined },
    ]);
    assert.deepEqual(egresses, [{ egress: 'out/a', argument: message(types.string, 'x') }]);
  });

  it('handles one message after the other, async or not', async () => {
    const log: string[] = [];
    let turn = 0;
    const fn = running(async (_, text) => {
      const mine = turn++;
      log.push(`${mine} ${text}`);
      if (mine % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      log.push(`${mine} done`);
    });
    await effectsOf(fn, batch({}, GO, GO, GO));
    assert.deepEqual(log, ['0 go', '0 done', '1 go', '1 done', '2 go', '2 done']);
  });

  it('that is synchronous is answered without a promise', () => {
    assert.equal(new FunctionSet([running(() => undefined)]).invoke(batch({}, GO)) instanceof Promise, false);
  });

  for (const [how, wrap] of [
    [
      'throws',
      (error: unknown) => {
        throw error;
      },
    ],
    ['rejects', (error: unknown) => Promise.reject(error as Error)],
  ] as [string, (error: unknown) => Promise<void>][]) {
    it(`that ${how} fails its batch, with the place of the message`, async () => {
      let count = 0;
      const cause = new TypeError('no such thing');
      const failure = await failureOf(
        running(() => (count++ === 2 ? wrap(cause) : undefined)),
        batch({}, GO, GO, GO, GO),
      );
      assert.deepEqual(
        [failure.code, failure.status, failure.retriable, failure.message],
        ['handler-failed', 500, true, 'no such thing'],
      );
      assert.deepEqual(failure.place, { target: SELF, invocation: 2 });
      assert.equal(failure.cause, cause);
      assert.equal(count, 3);
    });
  }

  it('says that a message is of no use, or that it should come again', async () => {
    const rejected = await failureOf(
      running(() => {
        throw new Reject('no such order');
      }),
      batch({}, GO),
    );
    assert.deepEqual([rejected.code, rejected.status, rejected.retriable], ['rejected', 422, false]);
    const later = await failureOf(
      running(() => {
        throw new RetryLater('down', 1500);
      }),
      batch({}, GO),
    );
    assert.deepEqual([later.status, later.retriable, later.retryAfterMs], [503, true, 1500]);
  });

  it('that throws what is no error is told as that', async () => {
    const failure = await failureOf(
      running(() => {
        throw 'plain';
      }),
      batch({}, GO),
    );
    assert.match(failure.message, /something that is no error was thrown: plain/);
  });

  it('that throws an error with causes is told with them', async () => {
    const failure = await failureOf(
      running(() => {
        throw new RetryLater('no ledger', 10, { cause: new Error('connect ECONNREFUSED') });
      }),
      batch({}, GO),
    );
    assert.equal(failure.message, 'no ledger: caused by connect ECONNREFUSED');
  });

  it('cannot send a value that is not of its type', async () => {
    const failure = await failureOf(
      running((context) => context.send(address('a/b', '1'), types.int, 0.5)),
      batch({}, GO),
    );
    assert.deepEqual([failure.code, failure.status], ['invalid-effect', 500]);
    assert.match(failure.message, /^to a\/b: io\.statefun\.types\/int wants/);
  });

  const half = '😀'.slice(0, 1);
  for (const [what, send, message] of [
    ['an id', (context) => context.send(address('a/b', half), types.int, 1), /^to a\/b: the id "\\ud83d" has half of/],
    [
      'a token',
      (context) => context.sendAfter(1, SELF, types.int, 1, { token: half }),
      /^the token "\\ud83d" has half/,
    ],
    ['a token that it cancels', (context) => context.cancel(half), /^the token "\\ud83d" has half/],
  ] as [string, (context: Context) => void, RegExp][])
    it(`cannot give ${what} that is no Unicode, and is told so at once`, async () => {
      let count = 0;
      const fn = running((context) => void (count++ === 1 && send(context)));
      const failure = await failureOf(fn, batch({}, GO, GO));
      assert.deepEqual(
        [failure.code, failure.retriable, failure.place],
        ['invalid-effect', false, { target: SELF, invocation: 1 }],
      );
      assert.match(failure.message, message);
    });

  it('cannot send after it has ended', async () => {
    let kept: Context | undefined;
    await effectsOf(
      running((context) => void (kept = context)),
      batch({}, GO),
    );
    assert.throws(() => kept!.send(SELF, types.int, 1), /sent something after its handler had ended/);
    assert.throws(() => kept!.cancel('t'), /after its handler had ended/);
  });

  it('cannot reply to the outside, delay by less than nothing, or use an empty token', async () => {
    const fn = running((context) => {
      assert.throws(() => context.sendAfter(-1, SELF, types.int, 1), RangeError);
      assert.throws(() => context.sendAfter(1, SELF, types.int, 1, { token: '' }), /not empty/);
      assert.throws(() => context.cancel(''), /not empty/);
      assert.throws(() => context.send({ type: 'x', id: '' }, types.int, 1), /namespace\/name/);
      if (context.caller === undefined) context.reply(types.int, 1);
    });
    const request = batch({}, GO);
    await effectsOf(fn, request);
    const failure = await failureOf(fn, { ...request, invocations: [{ caller: undefined, argument: GO }] });
    assert.match(failure.message, /nobody to reply to/);
  });

  it('sends what stood in the value when it was sent', async () => {
    const ping = { n: 1 };
    const fn = running((context) => {
      context.send(remoteFunction('a/b', [Ping]).at('1'), Ping, ping);
      ping.n = 2;
    });
    assert.deepEqual((await effectsOf(fn, batch({}, GO))).messages[0]?.argument, message(Ping, { n: 1 }));
  });

  it('of a function that is not there is told what is there', async () => {
    const request = { ...batch({}, GO), target: { type: 'test/other', id: '1' } };
    const failure = await failureOf(
      running(() => undefined),
      request,
    );
    assert.deepEqual([failure.code, failure.status], ['unknown-function', 404]);
    assert.equal(failure.message, 'there is no function test/other here, but test/function');
  });
});

describe('a record for an egress', () => {
  it('of Kafka is what Apache’s class makes of it', () => {
    const { egress, argument } = kafkaRecord({ egress: 'a/out', topic: 't', key: 'k', value: 'v' });
    assert.deepEqual(
      [egress, argument.typename],
      ['a/out', 'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord'],
    );
    const theirs = oracle.egress.KafkaProducerRecord.deserializeBinary(argument.bytes).toObject();
    assert.deepEqual(theirs, { key: 'k', valueBytes: Buffer.from('v').toString('base64'), topic: 't' });
  });

  it('of Kafka carries headers where Apache’s class passes over them', () => {
    const headers = [
      ['a', '1'],
      ['a', Buffer.from('2')],
      ['empty', ''],
      ['null', null],
    ] as const;
    const { argument } = kafkaRecord({ egress: 'a/out', topic: 't', value: 'v', headers });
    const theirs = oracle.egress.KafkaProducerRecord.deserializeBinary(argument.bytes).toObject();
    assert.deepEqual([theirs['topic'], theirs['key']], ['t', '']);
    assert.equal(
      Buffer.from(argument.bytes).toString('hex'),
      [
        '1201 76',
        '1a01 74',
        '2208 0a0161 120131 1801',
        '2208 0a0161 120132 1801',
        '2209 0a05656d707479 1801',
        '2206 0a046e756c6c',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('of Kinesis is what Apache’s class makes of it', () => {
    const { argument } = kinesisRecord({ egress: 'a/out', stream: 's', partitionKey: 'p', value: Buffer.from('v') });
    const theirs = oracle.egress.KinesisEgressRecord.deserializeBinary(argument.bytes).toObject();
    assert.deepEqual([theirs['stream'], theirs['partitionKey'], theirs['explicitHashKey']], ['s', 'p', '']);
  });

  const record = { egress: 'a/out', topic: 't', value: 'v' } as const;
  for (const [what, make, message] of [
    [
      'a value that is not of its type',
      () => egressValue('a/out', types.int, 1.5),
      /^to a\/out: io\.statefun\.types\/int wants a/,
    ],
    [
      'a number as value',
      () => kafkaRecord({ ...record, value: 5 as never }),
      /the value of a record is text or bytes, and got 5/,
    ],
    [
      'nothing as value',
      () => kafkaRecord({ ...record, value: undefined as never }),
      /text or bytes, and got undefined/,
    ],
    [
      'an object as value',
      () => kafkaRecord({ ...record, value: { a: 1 } as never }),
      /text or bytes, and got an object/,
    ],
    ['a number as key', () => kafkaRecord({ ...record, key: 5 as never }), /the key of a record is text, and got 5/],
    [
      'no topic',
      () => kafkaRecord({ ...record, topic: undefined as never }),
      /the topic of a record is text, and got undef/,
    ],
    [
      'a number as header',
      () => kafkaRecord({ ...record, headers: [['h', 5 as never]] }),
      /the value of a header of a record/,
    ],
    [
      'a header without a name',
      () => kafkaRecord({ ...record, headers: [[5 as never, 'x']] }),
      /the name of a header of a rec/,
    ],
    [
      'a key that is no Unicode',
      () => kafkaRecord({ ...record, key: '\ud83d' }),
      /the key "\\ud83d" has half of a surrogate/,
    ],
    [
      'a value that is no Unicode',
      () => kafkaRecord({ ...record, value: 'x\ud83d' }),
      /the value "x\\ud83d" has half of a surr/,
    ],
    [
      'a number for Kinesis',
      () => kinesisRecord({ egress: 'a/out', stream: 's', partitionKey: 5 as never, value: '' }),
      /the partition key of a record is text, and got 5/,
    ],
  ] as [string, () => EgressMessage, RegExp][])
    it(`cannot have ${what}, which is the function’s fault and not the message’s`, async () => {
      const failure = await failureOf(
        running((context) => context.emit(make())),
        batch({}, GO),
      );
      assert.deepEqual([failure.code, failure.status, failure.retriable], ['invalid-effect', 500, false]);
      assert.deepEqual(failure.place, { target: SELF, invocation: 0 });
      assert.match(failure.message, message);
    });

  it('needs to say where it goes', () => {
    assert.throws(() => kafkaRecord({ egress: 'a/out', topic: '', value: '' }), /needs a topic/);
    assert.throws(() => kinesisRecord({ egress: 'a/b', stream: 's', partitionKey: '', value: '' }), /partition key/);
    assert.throws(() => egressValue('out' as 'a/b', types.int, 1), /an egress is namespace\/name/);
  });
});
