import assert from 'node:assert/strict';
import { encodeToFunction } from '@tidegate/functions-sdk/protocol';
import fc from 'fast-check';
import { bytesOf, type WaitingMessage } from '../../src/functions/function-message.js';
import { MessageBlocks, messagesOf, type EntryRef } from '../../src/functions/message-blocks.js';

const target = { type: 'test/blocks', id: 'a' };

const messages: fc.Arbitrary<WaitingMessage> = fc.record({
  caller: fc.option(
    fc.record({ type: fc.constant('test/caller'), id: fc.string({ unit: 'grapheme' }) }, { noNullPrototype: true }),
    {
      nil: undefined,
    },
  ),
  argument: fc.record({
    typename: fc.constantFrom('test/N', 'io.statefun.types/string'),
    hasValue: fc.boolean(),
    // More than a block has, in all, after a few dozen.
    bytes: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 3000, maxLength: 5000 })),
  }),
  messageId: fc.constant(undefined),
});

const plain = (message: WaitingMessage): object => ({
  ...message,
  argument: { ...message.argument, bytes: [...message.argument.bytes] },
});

const small = (n: number): WaitingMessage => ({
  caller: undefined,
  argument: { typename: 'test/N', hasValue: true, bytes: Uint8Array.of(n) },
});

const put = (blocks: MessageBlocks, message: WaitingMessage): EntryRef | undefined =>
  blocks.put(message, bytesOf(message));

describe('messages in blocks', () => {
  it('are what they were, whatever came and went meanwhile', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(messages, fc.nat(200)), { maxLength: 150 }), (run) => {
        const blocks = new MessageBlocks();
        const kept: (readonly [EntryRef, WaitingMessage])[] = [];
        for (const [message, place] of run) {
          kept.push([put(blocks, message)!, message]);
          if (place >= kept.length) continue;
          const [[entry, expected]] = kept.splice(place, 1) as [(typeof kept)[number]];
          assert.deepEqual(plain(blocks.read(entry)), plain(expected));
          assert.equal(blocks.sizeOf(entry), bytesOf(expected));
          blocks.free(entry);
        }
        const all = blocks.encoded(
          kept.map(([entry]) => entry),
          0,
          kept.length,
        );
        assert.deepEqual(
          messagesOf(all).map(plain),
          kept.map(([, message]) => plain(message)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('have the bytes that a request would have of them, and keep these when their blocks are written again', () => {
    const blocks = new MessageBlocks();
    const entries = [1, 2, 3].map((n) => put(blocks, small(n))!);
    const encoded = blocks.encoded(entries, 1, 2);
    for (const entry of entries) blocks.free(entry);
    for (let n = 10; n < 20; n++) put(blocks, small(n));
    const batch = { target, state: [], invocations: [small(2), small(3)] };
    assert.deepEqual(encodeToFunction({ ...batch, invocations: [], encoded }), encodeToFunction(batch));
  });

  it('are refused when they are large, have a name, or find no room; and find it where others have gone', () => {
    const blocks = new MessageBlocks();
    const large = (length: number): WaitingMessage => ({
      caller: undefined,
      argument: { typename: 'test/N', hasValue: true, bytes: new Uint8Array(length) },
    });
    assert.equal(put(blocks, large(100_000)), undefined);
    assert.equal(put(blocks, { ...small(1), messageId: 'q:1' }), undefined);
    const entries: EntryRef[] = [];
    for (let entry = put(blocks, large(8000)); entry !== undefined; entry = put(blocks, large(8000)))
      entries.push(entry);
    const perBlock = 8;
    const isFirst = (index: number): boolean => index % perBlock === 0;
    // Each block keeps one: none of them is written again.
    entries.filter((_, index) => !isFirst(index)).forEach((entry) => blocks.free(entry));
    assert.equal(put(blocks, large(8000)), undefined);
    entries.filter((_, index) => isFirst(index)).forEach((entry) => blocks.free(entry));
    for (let n = 0; n < entries.length; n++) assert.notEqual(put(blocks, large(8000)), undefined);
  });
});
