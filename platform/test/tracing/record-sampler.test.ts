import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { RecordSampler, type Sampling } from '../../src/tracing/record-sampler.js';
import { drawOf, TraceIds, traceparentOf } from '../../src/tracing/trace-context.js';

const SPAN = '00f067aa0ba902b7';
/** Of a trace that a quarter of all samplers' traces are above. */
const TRACE = '4bf92f3577b34da6a3cc000000000000';
const WANTED = `00-${TRACE}-${SPAN}-01`;
const UNWANTED = `00-${TRACE}-${SPAN}-00`;

function sampler(sampling: Sampling, draw = 0.5): RecordSampler {
  return new RecordSampler(sampling, new TraceIds({ next: () => 0.7 }), { next: () => draw });
}

describe('a sampler of records', () => {
  const parents: readonly (readonly [sampling: Sampling, traceparent: string | undefined, followed: string])[] = [
    [{ ratio: 1, followsParents: false }, undefined, 'new'],
    [{ ratio: 1, followsParents: false }, WANTED, 'on'],
    [{ ratio: 1, followsParents: false }, UNWANTED, 'on'],
    [{ ratio: 0, followsParents: false }, undefined, 'no'],
    [{ ratio: 0, followsParents: false }, WANTED, 'no'],
    [{ ratio: 1, followsParents: true }, undefined, 'new'],
    [{ ratio: 1, followsParents: true }, WANTED, 'on'],
    [{ ratio: 1, followsParents: true }, UNWANTED, 'no'],
    [{ ratio: 0, followsParents: true }, undefined, 'no'],
    [{ ratio: 0, followsParents: true }, WANTED, 'on'],
    [{ ratio: 0, followsParents: true }, UNWANTED, 'no'],
    [{ ratio: 0.5, followsParents: false }, WANTED, 'on'],
    [{ ratio: 0.1, followsParents: false }, WANTED, 'no'],
    [{ ratio: 1, followsParents: true }, 'nothing that can be read', 'new'],
  ];
  for (const [sampling, traceparent, followed] of parents)
    it(`with ${JSON.stringify(sampling)} follows a record with ${traceparent ?? 'no parent'}: ${followed}`, () => {
      const sampled = sampler(sampling).sample(traceparent);
      if (followed === 'no') assert.equal(sampled, undefined);
      else {
        assert.equal(sampled?.parent, followed === 'on' ? SPAN : undefined);
        assert.equal(sampled?.context.traceId === TRACE, followed === 'on');
        assert.notEqual(sampled?.context.spanId, SPAN);
      }
    });

  it('is off where it never wants any', () => {
    assert.equal(sampler({ ratio: 0, followsParents: false }).isOff, true);
    assert.equal(sampler({ ratio: 0, followsParents: true }).isOff, false);
    assert.equal(sampler({ ratio: 0.1, followsParents: false }).isOff, false);
  });

  it('begins traces that another one of the same ratio wants too, and follows the part of all that it is to', () => {
    const unit = fc.integer({ min: 0, max: 2 ** 52 - 1 }).map((n) => n / 2 ** 52);
    fc.assert(
      fc.property(unit, unit, (ratio, draw) => {
        const sampled = sampler({ ratio, followsParents: false }, draw).sample(undefined);
        assert.equal(sampled !== undefined, ratio > 0 && draw >= 1 - ratio);
        if (sampled === undefined) return;
        const { context } = sampled;
        assert.equal(drawOf(context), draw);
        const next = sampler({ ratio, followsParents: false }).sample(traceparentOf(context));
        assert.equal(next?.parent, context.spanId);
      }),
    );
  });
});
