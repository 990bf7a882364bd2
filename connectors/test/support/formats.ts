/** Formats under test, and what comes out of them. */
import assert from 'node:assert/strict';
import { BadRecordError, type Encoder, type Format, type FormatFactory } from '../../src/api/index.js';
import { configured } from './configured.js';
import { frame } from './reading.js';

const MAX_RECORD_BYTES = 1024 * 1024;

export function createFormat(
  factory: FormatFactory,
  options: Record<string, unknown> = {},
  maxRecordBytes = MAX_RECORD_BYTES,
  baseDir = '.',
): Format {
  const format = factory.createFormat?.(configured(factory.options, options), { maxRecordBytes, baseDir });
  assert.ok(format, `${factory.name} cannot be read`);
  return format;
}

export function createEncoder(factory: FormatFactory, options: Record<string, unknown> = {}, baseDir = '.'): Encoder {
  const encoder = factory.createEncoder?.(configured(factory.options, options), { baseDir });
  assert.ok(encoder, `${factory.name} cannot be written`);
  return encoder;
}

/** Values, or reasons in square brackets, as they come out of framing and decoding. */
export function decodeAll(format: Format, text: string | Uint8Array, chunkBytes?: number): unknown[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return frame(format, bytes, chunkBytes).map(({ payload, bad }) => {
    if (bad !== undefined) return `[${bad}]`;
    try {
      return format.decode(payload);
    } catch (error) {
      assert.ok(error instanceof BadRecordError);
      return `[${error.reason}]`;
    }
  });
}
