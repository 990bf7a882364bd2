/**
 * The consumer's end of the codec of a channel between two threads of one process.
 *
 * Invariants
 * - It reads all that the channel's writer wrote, in order.
 * - An element comes back as it was, or its bytes are refused: trailing bytes too.
 */
import { ByteReader, CorruptBytesError } from '../../record/codec/byte-reader.js';
import { readDeadLetter } from '../../record/codec/dead-letter-codec.js';
import { ReadDictionary } from '../../record/codec/dictionary.js';
import { CellReader } from '../../record/columns/cells.js';
import type { FrameContent } from '../../record/columns/column-shape.js';
import { SeenTexts } from '../../record/columns/seen-texts.js';
import { TextReader } from '../../record/columns/text-reader.js';
import type { DeadLetter } from '../../record/dead-letter.js';
import { KIND, readControl, refuseRest } from '../control-codec.js';
import type { ElementReader } from '../element-ends.js';
import type { FrameElement, Payload, StreamElement } from '../element.js';
import { readTraces } from '../frame-traces.js';
import { CELLS_END_WORD, FRAME_BYTE, FRAME_HEADER_BYTES, LETTERS } from './frame-layout.js';
import { GroupCodec, type GroupHead } from './group-codec.js';
import { readKeyField, readKeys } from './key-column.js';
import type { SourceForms } from './source-forms.js';

interface LettersHead {
  readonly letters: number;
}

/** What comes before the records. */
interface FrameHead {
  readonly groups: readonly (GroupHead | LettersHead)[];
  /** How many records there are of all groups; undefined if there is one at most. */
  readonly ordered: number | undefined;
  readonly keys: ReturnType<typeof readKeyField>;
}

export class PassingReader implements ElementReader {
  readonly #seen = new SeenTexts();
  readonly #cells = new CellReader();
  readonly #groups: GroupCodec;

  constructor(forms: SourceForms) {
    this.#groups = new GroupCodec(forms);
  }

  read(bytes: Uint8Array): StreamElement {
    if (bytes[FRAME_BYTE.kind] === KIND.frame) return this.#readFrame(aligned(bytes));
    const reader = new ByteReader(bytes);
    const element = readControl(reader.uint8(), reader);
    refuseRest(reader);
    return element;
  }

  #readFrame(source: Uint8Array): FrameElement {
    if (source.length < FRAME_HEADER_BYTES) throw new CorruptBytesError(`a frame of ${source.length} bytes`);
    const cells = this.#cells;
    cells.begin(source, FRAME_HEADER_BYTES, source.length);
    const cellsEnd = cells.words[(source.byteOffset >>> 2) + CELLS_END_WORD]!;
    if (cellsEnd > source.length || cellsEnd % 8 !== 0) throw new CorruptBytesError(`cells end at ${cellsEnd}`);
    cells.begin(source, FRAME_HEADER_BYTES, cellsEnd);
    if (source[FRAME_BYTE.forgets] === 1) this.#seen.forget();
    const bytes = new ByteReader(source.subarray(cellsEnd));
    const dictionary = new ReadDictionary();
    const head = this.#readHead(bytes, dictionary);
    const content = { cells, texts: new TextReader(bytes, this.#seen), bytes, dictionary };
    const records = this.#readRecords(head, content);
    const keys = readKeys(head.keys, records, content);
    const traces = source[FRAME_BYTE.traced] === 1 ? readTraces(bytes, records.length) : undefined;
    if (!cells.isEmpty || !content.texts.isEmpty) throw new CorruptBytesError('columns are left behind a frame');
    refuseRest(bytes);
    return traces === undefined ? { kind: 'frame', records, keys } : { kind: 'frame', records, keys, traces };
  }

  #readHead(bytes: ByteReader, dictionary: ReadDictionary): FrameHead {
    const count = bytes.count();
    const ordered = count > 1 ? bytes.varint() : undefined;
    const groups = Array.from({ length: count }, () => {
      const flags = bytes.uint8();
      return flags === LETTERS ? { letters: bytes.varint() } : this.#groups.readHead(flags, bytes, dictionary);
    });
    return { groups, ordered, keys: readKeyField(bytes) };
  }

  #readRecords({ groups, ordered }: FrameHead, content: FrameContent): readonly Payload[] {
    const { cells } = content;
    const order = ordered === undefined ? undefined : cells.takeWords(ordered);
    const parts = groups.map((group): readonly Payload[] =>
      'letters' in group ? readLetters(group, content.bytes) : this.#groups.read(group, content),
    );
    if (order === undefined) return parts[0] ?? [];
    return inOrder(parts, cells.words.subarray(order, order + ordered!));
  }
}

function readLetters({ letters }: LettersHead, bytes: ByteReader): DeadLetter[] {
  const read: DeadLetter[] = [];
  for (let left = letters; left > 0; left--) read.push(readDeadLetter(bytes));
  return read;
}

/** @param order for each record the index of its part */
function inOrder(parts: readonly (readonly Payload[])[], order: Uint32Array): Payload[] {
  const taken = parts.map(() => 0);
  const records = Array.from(order, (part) => {
    const record = parts[part]?.[taken[part]!++];
    if (record === undefined) throw new CorruptBytesError('a record is missing');
    return record;
  });
  if (parts.some(({ length }, i) => length !== taken[i])) throw new CorruptBytesError('records have no place');
  return records;
}

/** Cells are read where they lie, if they lie as they must; otherwise from a copy, which is good until the next one. */
function aligned(bytes: Uint8Array): Uint8Array {
  if (bytes.byteOffset % 8 === 0) return bytes;
  if (bytes.length > COPY_BYTES) return new Uint8Array(bytes);
  COPY.set(bytes);
  return COPY.subarray(0, bytes.length);
}

/** One for all elements of usual sizes: memory that is new each time has left the processor's caches. */
const COPY_BYTES = 256 * 1024;
const COPY = new Uint8Array(COPY_BYTES);
