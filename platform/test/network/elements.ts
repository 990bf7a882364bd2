/** Arbitrary elements of a channel, with the schema that its records have more or less. */
import * as fc from 'fast-check';
import type { Alignment, CheckpointBarrier } from '../../src/job/checkpoint-barrier.js';
import type { StreamElement } from '../../src/network/element.js';
import { DeadLetter } from '../../src/record/dead-letter.js';
import { key, plainRecord, plainValue, recordOf, recordSchema } from '../record/codec/records.js';

const mandatory: fc.Arbitrary<CheckpointBarrier> = plainRecord({
  checkpoint: fc.maxSafeNat(),
  timestamp: fc.double({ noNaN: true }),
  type: fc.constantFrom('checkpoint' as const, 'savepoint' as const),
  alignment: fc.constantFrom<Alignment>(
    { mode: 'none' },
    { mode: 'aligned' },
    { mode: 'aligned', timeoutMs: 0 },
    { mode: 'aligned', timeoutMs: 1.5 },
    { mode: 'unaligned' },
  ),
  then: fc.constantFrom('continue' as const, 'end' as const, 'drain' as const),
});
const barrier = fc.oneof(
  mandatory,
  fc
    .tuple(mandatory, fc.integer({ min: 1 }))
    .map(([{ checkpoint, ...rest }, base]): CheckpointBarrier => ({ checkpoint, base, ...rest })),
);

const letter = fc
  .tuple(fc.string(), fc.string(), fc.oneof(fc.nat(), fc.string()), fc.string(), plainValue)
  .map(([where, split, offset, reason, raw]) => new DeadLetter(where, split, offset, reason, raw));

export const schemaAndElements = recordSchema.chain((schema) => {
  const payload = fc.oneof({ weight: 5, arbitrary: recordOf(schema) }, letter);
  const frame = fc.array(fc.tuple(payload, key), { maxLength: 5 }).chain((rows) =>
    fc.boolean().map((keyed) => ({
      kind: 'frame' as const,
      records: rows.map(([record]) => record),
      keys: keyed ? rows.map(([, k]) => k) : undefined,
    })),
  );
  const element: fc.Arbitrary<StreamElement> = fc.oneof(
    { weight: 4, arbitrary: frame },
    plainRecord({ kind: fc.constant('watermark' as const), watermark: fc.double({ noNaN: true }) }),
    plainRecord({ kind: fc.constant('barrier' as const), barrier }),
    fc.constantFrom<StreamElement>({ kind: 'idle' }, { kind: 'active' }, { kind: 'end' }),
  );
  return fc.tuple(fc.constant(schema), fc.array(element, { maxLength: 4 }));
});
