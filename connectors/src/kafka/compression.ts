/**
 * The compressions of Kafka that kafkajs does not bring: each by a library that needs no compiler, loaded when it is first
 * used.
 */
import { createRequire } from 'node:module';

type KafkaLibrary = typeof import('kafkajs');
type Zstd = typeof import('@bokuweb/zstd-wasm');

/** As kafkajs asks for it; `buffer` holds the batch. */
export interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

export const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

const require = createRequire(import.meta.url);

/** A library has one set of codecs for the whole process. */
export function addCodecs({ CompressionCodecs: codecs, CompressionTypes: types }: KafkaLibrary): void {
  codecs[types.Snappy] = () => (require('kafkajs-snappy') as () => Codec)();
  codecs[types.LZ4] = lz4;
  codecs[types.ZSTD] = zstd;
}

/** The number that Kafka's protocol has for it. */
export function typeOfCompression({ CompressionTypes: types }: KafkaLibrary, compression: Compression): number {
  const all = { none: types.None, gzip: types.GZIP, snappy: types.Snappy, lz4: types.LZ4, zstd: types.ZSTD };
  return all[compression];
}

function lz4(): Codec {
  const { compressFrame, decompressFrame } = require('lz4-napi') as typeof import('lz4-napi');
  return { compress: ({ buffer }) => compressFrame(buffer), decompress: (buffer) => decompressFrame(buffer) };
}

let begun: Promise<Zstd> | undefined;

function zstd(): Codec {
  begun ??= (async () => {
    const library = require('@bokuweb/zstd-wasm') as Zstd;
    await library.init();
    return library;
  })();
  const library = begun;
  return {
    compress: async ({ buffer }) => Buffer.from((await library).compress(buffer)),
    decompress: async (buffer) => Buffer.from((await library).decompress(buffer)),
  };
}
