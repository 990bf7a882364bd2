import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FORMAT_VERSION, unwrap, wrap } from '../../src/checkpoint/bytes-envelope.js';
import { decodeJsonWithBytes, encodeJsonWithBytes } from '../../src/record/codec/json-with-bytes.js';
import { decodeEntry, encodeEntry, type LogEntry } from '../../src/checkpoint/log-entry.js';
import { decodeSavepoint, encodeSavepoint } from '../../src/checkpoint/savepoint.js';
import { metadataOf, metadataWith, operatorState, state } from './snapshots.js';

const ENTRY: LogEntry = {
  ...{ kind: 'checkpoint', leader: 'l', epoch: 3, attempt: 2, rewound: false },
  retained: [{ position: 4, crc32: 17 }],
  metadata: metadataOf(9, {
    'egresses.a': [
      state({ operators: operatorState('egresses.a', 'split', ['x', '', 'z']) }, [
        { subtask: 0, epoch: 9, staged: Uint8Array.of(0, 255, 128) },
      ]),
    ],
  }),
};

describe('an entry of the checkpoint log', () => {
  it('is read as it was written', () => {
    const read = decodeEntry(encodeEntry(ENTRY), 'e');
    assert.deepEqual(encodeEntry(read), encodeEntry(ENTRY));
    assert.ok(read.kind === 'checkpoint');
    assert.deepEqual(Buffer.from(read.metadata.tasks[0]!.subtasks[0]!.staged[0]!.staged), Buffer.of(0, 255, 128));
  });

  it('F53: none of its prefixes is an entry, and nothing longer is', () => {
    const bytes = encodeEntry(ENTRY);
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => decodeEntry(bytes.subarray(0, length), 'e'), { code: 'TG421' }, `cut at ${length}`);
    }
    assert.throws(() => decodeEntry(Buffer.concat([bytes, Buffer.of(0)]), 'e'), { code: 'TG421' });
  });

  it('F51: one flipped bit is found, wherever it is', () => {
    const bytes = encodeEntry(ENTRY);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.throws(() => decodeEntry(flipped, 'log/12'), { code: 'TG421' }, `bit ${bit}`);
    }
  });

  it('F59: one of a newer version is refused, and it is said what to do', () => {
    const newer = wrap(Buffer.from('what this version cannot know'), FORMAT_VERSION + 1);
    assert.throws(() => unwrap(newer, 'savepoints/x/_metadata'), {
      code: 'TG422',
      message:
        'savepoints/x/_metadata has format version 2; this version of Tidegate reads up to 1. Run the version that wrote it, or a newer one.',
    });
  });
});

describe('plain data with bytes', () => {
  it('is read as it was written', () => {
    const bytes = fc.uint8Array().map((array) => Buffer.from(array));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 1 }),
        bytes,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__'),
          tie('tree'),
          { maxKeys: 4, noNullPrototype: true },
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        assert.deepEqual(decodeJsonWithBytes(encodeJsonWithBytes(value)), JSON.parse(JSON.stringify(value), revive));
      }),
    );
  });

  it('takes a Uint8Array as well as a Buffer', () => {
    const read = decodeJsonWithBytes(encodeJsonWithBytes({ a: Uint8Array.of(1, 2) })) as { a: Uint8Array };
    assert.deepEqual([...read.a], [1, 2]);
  });
});

/** How JSON itself writes a Buffer. */
function revive(_: string, value: unknown): unknown {
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBuffer && 'data' in value ? Buffer.from(value.data as number[]) : value;
}

describe("a savepoint's metadata", () => {
  it('has names relative to its folder, so that it can be read wherever it lies', () => {
    const written = encodeSavepoint(
      metadataWith(3, ['savepoints/3-1/rules.a/0/f'], { type: 'savepoint' }),
      'savepoints/3-1/',
    );
    const read = decodeSavepoint(written, 'from/elsewhere/');
    assert.deepEqual(read.tasks[0]?.subtasks[0]?.snapshot.keyed[0]?.content.files, [
      { local: 'savepoints/3-1/rules.a/0/f', file: { name: 'from/elsewhere/rules.a/0/f', bytes: 26, crc32: 7 } },
    ]);
  });

  it('is not written when a file lies elsewhere: it would not be whole', () => {
    const metadata = metadataWith(3, ['state/1/2/rules.a/0/f'], { type: 'savepoint' });
    assert.throws(() => encodeSavepoint(metadata, 'savepoints/3-1/'), /is in the savepoint's folder/);
  });
});
