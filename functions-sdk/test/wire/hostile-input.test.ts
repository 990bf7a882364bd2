import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeFromFunction, encodeFromFunction } from '../../src/wire/from-function.js';
import { ProtocolError } from '../../src/wire/protocol-error.js';
import { decodeSharedReplies, decodeSharedRequest } from '../../src/wire/shared-request.js';
import { decodeToFunction, encodeToFunction } from '../../src/wire/to-function.js';
import { batches, outcomes } from './arbitraries.js';

const DECODERS = { decodeToFunction, decodeFromFunction, decodeSharedRequest, decodeSharedReplies };

/** ToFunction with an invocation of these bytes. */
function invocation(content: string): Buffer {
  const bytes = Buffer.from(content.replaceAll(' ', ''), 'hex');
  return Buffer.concat([Buffer.from([0xa2, 0x06, bytes.length]), bytes]);
}

const TARGET = '0a 09 0a0161 120162 1a0163';

describe('bytes from a stranger', () => {
  const cases: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ['nothing', Buffer.alloc(0), /holds no invocation/],
    ['a request of an unknown kind', Buffer.from('aa0600', 'hex'), /holds no invocation/],
    ['no target', invocation('1a00'), /which address it is for/],
    ['a target of the wrong wire type', invocation('0801 1a00'), /which address it is for/],
    ['no message', invocation(TARGET), /no message for the address/],
    ['a length beyond the end', Buffer.from('a206ff', 'hex'), /ends in the middle/],
    ['a huge length', Buffer.from('a206ffffffff0f', 'hex'), /length of 4294967295 reaches beyond the 0 bytes/],
    ['a length beyond 32 bits', Buffer.from('a206ffffffffff01', 'hex'), /a length is larger than 32 bits/],
    ['an inner length beyond its message', invocation(`${TARGET} 1a05 1203 0a01`), /reaches beyond the/],
    ['a number without an end', Buffer.from('08ffffffffffffffffffffff01', 'hex'), /longer than 10 bytes/],
    ['the field number 0', Buffer.from('0000', 'hex'), /the number 0/],
    ['a group', Buffer.from('0b0c', 'hex'), /wire type 3, which proto3 does not have/],
    ['an id that is not UTF-8', invocation('0a 09 0a0161 120162 1a01ff 1a00'), /not valid UTF-8/],
    ['an id of an overlong form', invocation('0a 0a 0a0161 120162 1a02c080 1a00'), /not valid UTF-8/],
    ['an id of half a pair', invocation('0a 0b 0a0161 120162 1a03eda080 1a00'), /not valid UTF-8/],
  ];
  for (const [what, bytes, message] of cases) {
    it(`that are a request with ${what} is refused`, () => {
      assert.throws(
        () => decodeToFunction(bytes),
        (error) => error instanceof ProtocolError && message.test(error.message),
      );
    });
  }

  it('of an address with a real replacement character are read', () => {
    const batch = {
      target: { type: 'a/b', id: 'x\ufffdy' },
      state: [],
      invocations: [{ caller: undefined, argument: undefined }],
    };
    assert.deepEqual(decodeToFunction(encodeToFunction(batch)), batch);
  });

  it('never lead to anything but a value or a ProtocolError, whatever they are', () => {
    for (const decode of Object.values(DECODERS)) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          try {
            decode(bytes);
          } catch (error) {
            assert.ok(error instanceof ProtocolError, String(error));
          }
        }),
      );
    }
  });

  it('that are a request or an answer with one byte changed, or cut short, never lead to anything else either', () => {
    const messages = fc.oneof(batches.map(encodeToFunction), outcomes.map(encodeFromFunction));
    fc.assert(
      fc.property(messages, fc.nat(), fc.nat(255), fc.boolean(), (message, place, byte, cuts) => {
        const at = place % Math.max(1, message.length);
        const bytes = cuts ? message.subarray(0, at) : Buffer.from(message);
        if (!cuts && bytes.length > 0) bytes[at] = byte;
        for (const decode of [decodeToFunction, decodeFromFunction]) {
          try {
            decode(bytes);
          } catch (error) {
            assert.ok(error instanceof ProtocolError, String(error));
          }
        }
      }),
    );
  });

  it('with every prefix of a request are refused or are a shorter request that is complete', () => {
    const request = encodeToFunction({
      target: { type: 'shop/cart', id: 'c1' },
      state: [{ name: 'items', value: { typename: 'a/b', hasValue: true, bytes: Buffer.from('x') } }],
      invocations: [{ caller: { type: 'shop/user', id: 'u1' }, argument: undefined }],
    });
    for (let length = 0; length < request.length; length++)
      assert.throws(() => decodeToFunction(request.subarray(0, length)), ProtocolError, `${length} bytes`);
  });
});
