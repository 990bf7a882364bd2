/** What functions emit as messages of a broker, as the SDK writes them. */
import assert from 'node:assert/strict';
import { kafkaRecord, kinesisRecord, egressValue, types } from '@tidegate/functions-sdk';
import type { TypedValue } from '@tidegate/functions-sdk/protocol';
import { EmittedValueError } from '../../src/functions/emitted-value-error.js';
import { emittedMessage, messageHeaders } from '../../src/functions/emitted-message.js';
import { readEmitted } from '../../src/functions/emitted-value.js';
import { egressRecord } from '../../src/functions/function-egress.js';
import { emittedHeaders } from '../../src/record/emitted-headers.js';

const KAFKA = 'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord';
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

function plain(argument: TypedValue): Record<string, unknown> {
  const { value, ...rest } = emittedMessage(argument);
  return { ...rest, value: value instanceof Uint8Array ? new Uint8Array(value) : value };
}

describe('what a function emits as JSON', () => {
  const emitted = (text: string): unknown =>
    readEmitted({ typename: 'shop/Item', hasValue: true, bytes: bytesOf(text) });

  it('is a text where it nests deeper than anybody could walk it', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    for (const depth of [501, 20_000]) assert.equal(emitted(nested(depth)), nested(depth));
    assert.equal(JSON.stringify(emitted(nested(500))), nested(500));
    assert.deepEqual(emitted(JSON.stringify({ text: '['.repeat(2000) })), { text: '['.repeat(2000) });
  });
});

describe('what a function emits as a message', () => {
  const egress = 'shop/out';
  const cases: readonly [what: string, argument: TypedValue, message: Record<string, unknown>][] = [
    [
      'is of a record for Kafka its value, topic and key',
      kafkaRecord({ egress, topic: 't', key: 'ann', value: 'hello' }).argument,
      { topic: 't', key: 'ann', value: bytesOf('hello') },
    ],
    [
      'has no key where that is empty',
      kafkaRecord({ egress, topic: 't', value: 'x' }).argument,
      { topic: 't', value: bytesOf('x') },
    ],
    [
      'has headers',
      kafkaRecord({ egress, topic: 't', value: 'x', headers: [['from', 'shop']] }).argument,
      { topic: 't', value: bytesOf('x'), headers: { from: 'shop' } },
    ],
    [
      'is of a record for Kinesis its value, stream and key',
      kinesisRecord({ egress, stream: 's', partitionKey: 'p', value: 'x' }).argument,
      { topic: 's', key: 'p', value: bytesOf('x') },
    ],
    ['is a text', egressValue(egress, types.string, 'hello').argument, { value: 'hello' }],
    [
      'is bytes of any other type',
      egressValue(egress, types.json<{ n: number }>('shop/N'), { n: 1 }).argument,
      { value: bytesOf('{"n":1}') },
    ],
  ];
  for (const [what, argument, message] of cases) it(what, () => assert.deepEqual(plain(argument), message));

  it('keeps its headers in their order, each with its bytes, or null', () => {
    const headers = [
      ['b', 'text'],
      ['2', Uint8Array.of(0xff, 0)],
      ['b', null],
      ['1', ''],
    ] as const;
    const { argument } = kafkaRecord({ egress, topic: 't', value: 'x', headers });
    const record = egressRecord({}, messageHeaders(argument), 0);
    const got = emittedHeaders(record)!.map(([name, value]) => [
      name,
      value instanceof Uint8Array ? [...value] : value,
    ]);
    assert.deepEqual(got, [
      ['b', 'text'],
      ['2', [0xff, 0]],
      ['b', null],
      ['1', ''],
    ]);
  });

  it('has its own headers alone: what an ingress has read may say what it likes', () => {
    const headers = { 'emitted-headers': 'no JSON' };
    assert.equal(emittedHeaders({ headers, split: { ingress: 'orders', id: 'emitted' } }), undefined);
  });

  it('has no headers that it was not given', () => {
    for (const { argument } of [
      kafkaRecord({ egress, topic: 't', value: 'x' }),
      kinesisRecord({ egress, stream: 's', partitionKey: 'p', value: 'x', explicitHashKey: '1' }),
    ])
      assert.equal(egressRecord({}, messageHeaders(argument), 0).headers, undefined);
  });

  it('is refused where it is not what its type says', () => {
    const argument = { typename: KAFKA, hasValue: true, bytes: Uint8Array.of(0x0a, 9, 1) };
    assert.throws(() => emittedMessage(argument), EmittedValueError);
  });
});
