import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { TidegateError } from '../../../src/common/errors.js';
import type { StateDescription, StateFile } from '../../../src/job/state-handle.js';
import { FRAME_BYTES, inCanonicalOrder, type CanonicalEntry } from '../../../src/state/canonical/canonical-format.js';
import { CanonicalReader } from '../../../src/state/canonical/canonical-reader.js';
import { writeCanonical } from '../../../src/state/canonical/write-canonical.js';

const STATES: readonly StateDescription[] = inCanonicalOrder([
  { owner: 'rules.b', name: 'n', kind: 'map', codec: 'plain/1', schema: null },
  { owner: 'rules.a', name: 'n', kind: 'value', codec: 'record/1', schema: { fields: ['é'] } },
]);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const ENTRIES: readonly CanonicalEntry[] = [
  { keyGroup: 0, state: 0, address: bytes('a'), value: bytes('1') },
  { keyGroup: 0, state: 1, address: bytes('b'), value: bytes('') },
  { keyGroup: 7, state: 0, address: bytes('c'), value: bytes('long'.repeat(40)) },
];

function fileOf(entries: readonly CanonicalEntry[]): Uint8Array {
  return Buffer.concat([...writeCanonical(STATES, entries)].map((piece) => piece.bytes));
}

/** Reads with a handle that says exactly what is there, so that only the file's own form can refuse it. */
function read(content: Uint8Array, chunk = content.length || 1): CanonicalEntry[] {
  const file: StateFile = { name: 'f', bytes: content.length, crc32: crc32(content) };
  const entries: CanonicalEntry[] = [];
  const reader = new CanonicalReader(file, {
    states: (states) => assert.deepEqual(states, STATES),
    wants: (keyGroup) => keyGroup < 100,
    entry: (keyGroup, state, address, value) =>
      entries.push({ keyGroup, state, address: address.slice(), value: value.slice() }),
  });
  for (let at = 0; at < content.length; at += chunk) reader.push(content.subarray(at, at + chunk));
  reader.end();
  return entries;
}

const plain = (entries: readonly CanonicalEntry[]) =>
  entries.map(({ keyGroup, state, address, value }) => [keyGroup, state, [...address], [...value]]);

const isCoded = (code: string) => (error: unknown) => error instanceof TidegateError && error.code === code;

describe('the canonical format', () => {
  it('is read as it was written, in whatever pieces it comes', () => {
    const content = fileOf(ENTRIES);
    for (const chunk of [content.length, 1, 2, 7, 100]) assert.deepEqual(plain(read(content, chunk)), plain(ENTRIES));
  });

  it('is given in one piece, however many key groups it has, until that is large', () => {
    const value = bytes('v'.repeat(1000));
    const entries = Array.from({ length: 100 }, (_, keyGroup) => {
      return { keyGroup, state: 0, address: bytes('a'), value };
    });
    const sizesOf = (count: number): number[] =>
      [...writeCanonical(STATES, entries.slice(0, count))].map((piece) => piece.bytes.length);
    assert.equal(sizesOf(60).length, 1);
    const [first, ...rest] = sizesOf(100);
    assert.equal(rest.length, 1);
    assert.ok(first! >= FRAME_BYTES && first! < FRAME_BYTES + 2000);
  });

  it('leaves out key groups that are not wanted', () => {
    const entry: CanonicalEntry = { keyGroup: 100, state: 0, address: bytes('z'), value: bytes('z') };
    assert.deepEqual(plain(read(fileOf([...ENTRIES, entry]))), plain(ENTRIES));
  });

  it('F52, F53: cut off at any byte it is damaged, never a shorter file', () => {
    const content = fileOf(ENTRIES);
    for (let end = 0; end < content.length; end++)
      assert.throws(() => read(content.subarray(0, end)), isCoded('TG421'), `${end} of ${content.length} bytes`);
  });

  it('F51: with any byte flipped it is refused, also when the metadata’s checksum were to miss it', () => {
    const content = fileOf(ENTRIES);
    for (let at = 0; at < content.length; at++) {
      for (const bit of [1, 128]) {
        const damaged = content.slice();
        damaged[at]! ^= bit;
        assert.throws(() => read(damaged), TidegateError, `bit ${bit} of byte ${at}`);
      }
    }
  });

  it('F51: another content of the same length under the metadata’s checksum is refused', () => {
    const content = fileOf(ENTRIES);
    const reader = new CanonicalReader(
      { name: 'f', bytes: content.length, crc32: 1 },
      { states: () => undefined, wants: () => true, entry: () => undefined },
    );
    reader.push(content);
    assert.throws(() => reader.end(), isCoded('TG421'));
  });

  it('with something behind its end is damaged', () => {
    assert.throws(() => read(Buffer.concat([fileOf(ENTRIES), bytes('x')])), isCoded('TG421'));
    assert.throws(() => read(Buffer.concat([fileOf(ENTRIES), fileOf(ENTRIES)])), isCoded('TG421'));
  });

  it('F59: of a newer version is refused with text', () => {
    const content = fileOf(ENTRIES).slice();
    content[9] = 2;
    assert.throws(
      () => read(content),
      (error) => {
        assert.ok(isCoded('TG422')(error));
        assert.match(String(error), /state file f is of format 2; this version of tidegate reads up to 1/);
        return true;
      },
    );
  });

  it('is, byte for byte, what it was when version 1 was decided', () => {
    assert.equal(crc32(fileOf(ENTRIES)).toString(16), 'd8e5b36d');
  });
});
