import assert from 'node:assert/strict';
import { ChannelStateCodec } from '../../src/network/channel-state.js';
import type { FrameElement } from '../../src/network/element.js';
import { CorruptBytesError } from '../../src/record/codec/byte-reader.js';
import { Unresolvable } from '../../src/record/codec/schema-resolution.js';
import type { SourceSchemas } from '../../src/record/codec/stream-record-codec.js';
import type { FieldSchema } from '../../src/record/codec/value-schema.js';
import { DeadLetter } from '../../src/record/dead-letter.js';
import { StreamRecord } from '../../src/record/stream-record.js';

const schemas = (fields: Record<string, FieldSchema>): SourceSchemas => ({
  in: { kind: 'record', fields, open: false },
});
const INT: FieldSchema = { type: { kind: 'int' } };
const DOUBLE: FieldSchema = { type: { kind: 'double' } };
const STRING: FieldSchema = { type: { kind: 'string' } };
const SPLIT = { ingress: 'in', id: 'a' };
const record = (value: Record<string, unknown>): StreamRecord =>
  new StreamRecord(value, 1, 'in', SPLIT, 1, undefined, undefined);

const FRAMES: readonly FrameElement[] = [
  { kind: 'frame', records: [record({ a: 1, b: 2 }), record({ a: 3, b: 4 })], keys: [1, 3] },
  { kind: 'frame', records: [new DeadLetter('in', 'a', 1, 'bad', 'raw')], keys: undefined },
];

describe('channel state', () => {
  it('comes back as it was written', () => {
    const codec = new ChannelStateCodec(schemas({ a: INT, b: INT }));
    assert.deepEqual(codec.read(codec.write(FRAMES)), FRAMES);
  });

  it('is brought to the schemas of a later run', () => {
    const bytes = new ChannelStateCodec(schemas({ a: INT, b: INT })).write(FRAMES);
    const back = new ChannelStateCodec(schemas({ a: DOUBLE })).read(bytes);
    assert.ok(!(back instanceof Unresolvable));
    assert.deepEqual(back[0]!.records, [record({ a: 1 }), record({ a: 3 })]);
    assert.deepEqual(back[0]!.keys, [1, 3]);
    assert.deepEqual(back[1], FRAMES[1]);
  });

  it('says why it cannot be read under a schema that does not fit', () => {
    const bytes = new ChannelStateCodec(schemas({ a: INT, b: INT })).write(FRAMES);
    const back = new ChannelStateCodec(schemas({ a: STRING })).read(bytes);
    assert.ok(back instanceof Unresolvable);
    assert.equal(back.reason, 'in: the field a was int and is string now');
  });

  it('is refused when it is truncated', () => {
    const codec = new ChannelStateCodec(schemas({ a: INT, b: INT }));
    const bytes = codec.write(FRAMES);
    for (let end = 0; end < bytes.length; end++)
      assert.throws(() => codec.read(bytes.subarray(0, end)), CorruptBytesError);
  });
});
