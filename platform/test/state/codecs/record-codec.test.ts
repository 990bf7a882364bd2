import assert from 'node:assert/strict';
import { ByteReader } from '../../../src/record/codec/byte-reader.js';
import { ByteWriter } from '../../../src/record/codec/byte-writer.js';
import type { SourceSchemas } from '../../../src/record/codec/stream-record-codec.js';
import type { FieldSchema } from '../../../src/record/codec/value-schema.js';
import { StreamRecord } from '../../../src/record/stream-record.js';
import { recordCodec } from '../../../src/state/codecs/record-codec.js';
import { IncompatibleState, type StateCodec } from '../../../src/state/state-codec.js';

const schemas = (fields: Record<string, FieldSchema>): SourceSchemas => ({
  in: { kind: 'record', fields, open: false },
});
const INT: FieldSchema = { type: { kind: 'int' } };
const event = new StreamRecord({ a: 1, b: 2 }, 5, 'in', { ingress: 'in', id: 's' }, 9, { h: 'x' }, undefined);

function written(codec: StateCodec<StreamRecord>): Uint8Array {
  const out = new ByteWriter();
  codec.encode(event, out);
  codec.encode(event, out);
  return out.finish();
}

describe('the state codec of records', () => {
  it('writes each value so that it can be read alone', () => {
    const codec = recordCodec(schemas({ a: INT, b: INT }));
    const bytes = written(codec);
    const second = new ByteReader(bytes.subarray(bytes.length / 2));
    assert.deepEqual(codec.decode(second), event);
    assert.equal(second.remaining, 0);
  });

  it('reads what an older schema wrote, by field name', () => {
    const writer = recordCodec(schemas({ a: INT, b: INT }));
    const stored: unknown = JSON.parse(JSON.stringify(writer.schema));
    const read = recordCodec(schemas({ b: { type: { kind: 'double' } }, c: { ...INT, optional: true } })).migrate(
      writer.id,
      stored,
    );
    assert.ok(!(read instanceof IncompatibleState));
    assert.deepEqual(read(new ByteReader(written(writer)))?.value, { b: 2 });
  });

  it('says why it cannot read what another codec or a schema that does not fit wrote', () => {
    const codec = recordCodec(schemas({ a: { type: { kind: 'string' } } }));
    const refusals = [codec.migrate('plain/1', null), codec.migrate('record/1', schemas({ a: INT }))];
    assert.deepEqual(
      refusals.map((refusal) => refusal instanceof IncompatibleState && refusal.reason),
      ['values were written as plain/1 and are read as record/1', 'in: the field a was int and is string now'],
    );
  });

  it('counts matched events into the size of an alert', () => {
    const codec = recordCodec(schemas({}));
    const alert = { stages: [{ name: 's', events: [event, event] }] } as unknown as StreamRecord['alert'];
    const { value, timestamp, source, split, offset } = event;
    const withEvents = new StreamRecord(value, timestamp, source, split, offset, undefined, alert);
    assert.ok(codec.sizeOf(withEvents) > 2 * codec.sizeOf(event));
  });
});
