import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { CorruptBytesError } from '../../../src/record/codec/byte-reader.js';
import { CellReader, CellWriter, type Cells } from '../../../src/record/columns/cells.js';

const KINDS = ['numbers', 'words', 'bytes'] as const;
type Kind = (typeof KINDS)[number];
const TAKE = { numbers: 'takeNumbers', words: 'takeWords', bytes: 'takeBytes' } as const;

interface Column {
  readonly kind: Kind;
  readonly values: readonly number[];
}

const column = fc.constantFrom(...KINDS).chain((kind) =>
  fc
    .array(kind === 'numbers' ? fc.double() : fc.nat({ max: kind === 'words' ? 2 ** 32 - 1 : 255 }), {
      maxLength: 40,
    })
    .map((values): Column => ({ kind, values })),
);

function read(cells: Cells, { kind, values }: Column): number[] {
  const at = cells[TAKE[kind]](values.length);
  return values.map((_, i) => cells[kind][at + i]!);
}

describe('cells', () => {
  it('come back column by column, with the bytes behind them, however often the memory had to grow', () => {
    const tails = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(column, { maxLength: 6 }), tails, fc.nat({ max: 64 }), (columns, appended, capacity) => {
        const writer = new CellWriter(capacity);
        for (const { kind, values } of columns) {
          const at = writer[TAKE[kind]](values.length);
          values.forEach((value, i) => (writer[kind][at + i] = value));
        }
        const cellsEnd = writer.length;
        for (const bytes of appended) writer.append(bytes);
        const written = writer.view();
        const reader = new CellReader();
        reader.begin(written, 0, cellsEnd);
        for (const each of columns) assert.deepEqual(read(reader, each), each.values);
        assert.equal(reader.isEmpty, true);
        assert.deepEqual(Buffer.from(written.subarray(cellsEnd)), Buffer.concat(appended));
      }),
    );
  });

  it('are refused where fewer were written than are asked for', () => {
    const reader = new CellReader();
    reader.begin(new Uint8Array(16), 0, 16);
    reader.takeNumbers(1);
    assert.throws(() => reader.takeWords(3), CorruptBytesError);
  });
});
