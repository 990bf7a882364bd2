import assert from 'node:assert/strict';
import { validateHeaderValue } from 'node:http';
import { answerOf } from '../../../../src/cli/functions/requests/reply-answer.js';
import { readRequest } from '../../../../src/cli/functions/requests/request-reading.js';
import type { FunctionRequest, RequestOutcome } from '../../../../src/functions/requests/request-desk.js';
import { NOTHING } from '../../../../src/functions/requests/request-messages.js';

const REQUEST: FunctionRequest = {
  how: 'call',
  target: { type: 'shop/cart', id: 'ann / 返' },
  key: 'key 1 é',
  argument: NOTHING,
};
const replied = (typename: string, bytes: Uint8Array): RequestOutcome => ({
  what: 'replied',
  argument: { typename, hasValue: true, bytes },
});

describe('the answer to a request', () => {
  it('is 502 where the reply is not what its type says', () => {
    const { status, body } = answerOf(REQUEST, replied('io.statefun.types/int', Buffer.from([0, 0])));
    assert.equal(status, 502);
    assert.match(Buffer.from(body).toString(), /function-failed.*2 bytes are no io\.statefun\.types\/int/);
  });

  it('has headers that HTTP can have, whatever the types and keys', () => {
    const accepted = answerOf(REQUEST, { what: 'accepted', argument: NOTHING });
    assert.equal(
      accepted.headers['location'],
      '/v1/functions/shop/cart/ann%20%2F%20%E8%BF%94/replies/key%201%20%C3%A9',
    );
    const strange = answerOf(REQUEST, replied('shop/返信\r\nx: y', Buffer.from('{}')));
    assert.equal(strange.headers['tidegate-type'], 'shop/%E8%BF%94%E4%BF%A1%0D%0Ax:%20y');
    for (const { headers } of [accepted, strange])
      for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
  });

  it('names its key as it was given, where a header can', () => {
    for (const key of ['a b', 'a%20b', 'é', 'x']) {
      const { headers } = answerOf({ ...REQUEST, key }, replied('shop/Reply', Buffer.from('{}')));
      assert.equal(headers['idempotency-key'], key);
    }
    const strange = answerOf({ ...REQUEST, key: '返\n' }, replied('shop/Reply', Buffer.from('{}')));
    assert.equal(strange.headers['idempotency-key'], '%E8%BF%94%0A');
  });

  it('is empty where a message was left', () => {
    const { status, body } = answerOf({ ...REQUEST, how: 'leave' }, { what: 'accepted', argument: NOTHING });
    assert.deepEqual([status, body.length], [200, 0]);
  });
});

describe('a request', () => {
  for (const path of ['/v1/functions/w/%E2%82%AC/ann', '/v1/functions/w/a%0d%0aX-Evil:%20y/ann', '/w/a%20b/ann'])
    it(`to ${path} names no type that functions can have`, () => {
      const read = (): unknown => readRequest('POST', path, {}, { playground: true });
      assert.throws(read, { code: 'bad-request', message: /is no type of functions: NAMESPACE\/NAME/ });
    });
});
