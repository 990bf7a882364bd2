/**
 * `npm run -s bench:codec`: small events through the codec of their schema, and JSON beside it. One JSON line: nanoseconds
 * an event, medians of interleaved rounds; `element` is a channel's frame with origins, timestamps and keys.
 */
import { ElementCodec } from '../src/network/element-codec.js';
import { ByteReader } from '../src/record/codec/byte-reader.js';
import { ByteWriter } from '../src/record/codec/byte-writer.js';
import { ReadDictionary, WriteDictionary } from '../src/record/codec/dictionary.js';
import { RecordForm } from '../src/record/codec/record-form.js';
import { makePayments, PAYMENTS } from './ring/payments.js';

const FRAMES = 40;
const ROUNDS = 40;
const WARM_UP = 10;

const frames = Array.from({ length: FRAMES }, (_, frame) => makePayments(frame));
const values = frames.flatMap(({ records }) => records.map(({ value }) => value));
const form = new RecordForm(PAYMENTS['payments']!);
const elements = new ElementCodec(PAYMENTS);
const out = new ByteWriter(2 ** 22);
const dictionary = new WriteDictionary();

function encodeValues(): void {
  out.reset();
  for (const value of values) form.write(value, out, dictionary);
}

encodeValues();
const valueBytes = out.finish();
const elementBytes = frames.map((frame) => {
  out.reset();
  elements.write(frame, out);
  return out.finish();
});
const texts = values.map((value) => JSON.stringify(value));

const measured: Readonly<Record<string, () => void>> = {
  encodeNs: encodeValues,
  decodeNs: () => {
    const bytes = new ByteReader(valueBytes);
    const known = new ReadDictionary();
    while (bytes.remaining > 0) form.read(bytes, known);
  },
  elementEncodeNs: () => {
    for (const frame of frames) {
      out.reset();
      elements.write(frame, out);
    }
  },
  elementDecodeNs: () => {
    for (const bytes of elementBytes) elements.read(bytes);
  },
  jsonEncodeNs: () => {
    for (const value of values) JSON.stringify(value);
  },
  jsonDecodeNs: () => {
    for (const text of texts) JSON.parse(text);
  },
};

const times = new Map<string, number[]>(Object.keys(measured).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(measured)) {
    const start = performance.now();
    run();
    if (round >= WARM_UP) times.get(name)!.push(performance.now() - start);
  }
}

const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1]!;
const nanoseconds = [...times].map(([name, list]) => [name, Math.round((median(list) * 1e6) / values.length)]);
console.log(JSON.stringify({ ...Object.fromEntries(nanoseconds), bytes: valueBytes.length / values.length }));
