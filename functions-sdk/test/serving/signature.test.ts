import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { sign, verify } from '../../src/signature.js';

const OLD = 'the old secret 123';
const NEW = 'the new secret 123';
const BODY = Buffer.from('body');
const NOW = 1_764_150_000_000;

describe('a signature', () => {
  it('is HMAC-SHA256 of the time, a full stop and the body', () => {
    const mac = createHmac('sha256', NEW).update(`${NOW}.body`).digest('hex');
    assert.equal(sign([NEW], BODY, NOW), `t=${NOW},v1=${mac}`);
  });

  const cases: [
    what: string,
    header: string | undefined,
    nowMs: number,
    secrets: string[],
    refusal: RegExp | undefined,
  ][] = [
    ['of now', sign([NEW], BODY, NOW), NOW, [NEW], undefined],
    ['at the end of the window', sign([NEW], BODY, NOW), NOW + 300_000, [NEW], undefined],
    ['after the window', sign([NEW], BODY, NOW), NOW + 300_001, [NEW], /more than 300000 ms from now/],
    ['of the future', sign([NEW], BODY, NOW), NOW - 300_001, [NEW], /more than 300000 ms from now/],
    ['by an old secret while both are known', sign([OLD], BODY, NOW), NOW, [NEW, OLD], undefined],
    ['by both secrets while only the old one is known', sign([NEW, OLD], BODY, NOW), NOW, [OLD], undefined],
    ['by an unknown secret', sign([OLD], BODY, NOW), NOW, [NEW], /no signature is by a secret/],
    ['of another body', sign([NEW], Buffer.from('other'), NOW), NOW, [NEW], /for this body/],
    ['of another time', sign([NEW], BODY, NOW).replace(`t=${NOW}`, `t=${NOW + 1}`), NOW, [NEW], /for this body/],
    ['that is missing', undefined, NOW, [NEW], /there is no tidegate-signature header/],
    ['without a time', 'v1=' + 'a'.repeat(64), NOW, [NEW], /is not t=/],
    ['with two times', `t=1,${sign([NEW], BODY, NOW)}`, NOW, [NEW], /is not t=/],
    ['that is too short', `t=${NOW},v1=abcd`, NOW, [NEW], /is not t=/],
    ['that is empty', '', NOW, [NEW], /is not t=/],
  ];
  for (const [what, header, nowMs, secrets, refusal] of cases) {
    it(`${what} is ${refusal === undefined ? 'good' : 'refused'}`, () => {
      const reason = verify(header, BODY, { secrets, nowMs });
      if (refusal === undefined) assert.equal(reason, undefined);
      else assert.match(reason ?? '', refusal);
    });
  }

  it('needs a secret that is not short', () => {
    assert.throws(() => sign(['short'], BODY, NOW), /at least 16 characters, not 5/);
    assert.throws(() => sign([], BODY, NOW), /no secret/);
  });
});
