/**
 * The producer's end of the codec of a channel between two threads of one process: for nobody but the other end, and so for
 * speed alone.
 *
 * Invariants
 * - Each channel has one: texts are referred to that passed before (`seen-texts.ts`).
 * - All writers of a thread write into one memory: none is in the middle of an element while another writes.
 */
import { ByteWriter } from '../../record/codec/byte-writer.js';
import { writeDeadLetter } from '../../record/codec/dead-letter-codec.js';
import { WriteDictionary } from '../../record/codec/dictionary.js';
import { CellWriter } from '../../record/columns/cells.js';
import type { FrameSink } from '../../record/columns/column-shape.js';
import { OddValues } from '../../record/columns/odd-values.js';
import { SeenTexts } from '../../record/columns/seen-texts.js';
import { TextWriter } from '../../record/columns/text-writer.js';
import { KIND, writeControl } from '../control-codec.js';
import type { ElementWriter } from '../element-ends.js';
import type { FrameElement, StreamElement } from '../element.js';
import { writeTraces } from '../frame-traces.js';
import { CELLS_END_WORD, FRAME_BYTE, FRAME_HEADER_BYTES, LETTERS } from './frame-layout.js';
import { GroupCodec } from './group-codec.js';
import { KeyColumn } from './key-column.js';
import { groupsOf, type Groups } from './record-groups.js';
import type { SourceForms } from './source-forms.js';

const HEAD = new ByteWriter(4096);
const SINK: FrameSink = {
  cells: new CellWriter(64 * 1024),
  texts: new TextWriter(new SeenTexts()),
  odd: new OddValues(),
  out: new ByteWriter(4096),
  dictionary: new WriteDictionary(),
};

export class PassingWriter implements ElementWriter {
  readonly #seen = new SeenTexts();
  readonly #groups: GroupCodec;
  readonly #keys = new KeyColumn();

  constructor(private readonly forms: SourceForms) {
    this.#groups = new GroupCodec(forms);
  }

  write(element: StreamElement): Uint8Array {
    if (element.kind === 'frame') return this.#writeFrame(element);
    HEAD.reset();
    writeControl(element, HEAD);
    return HEAD.view();
  }

  discard(): void {
    this.#seen.expire();
  }

  #writeFrame({ records, keys, traces }: FrameElement): Uint8Array {
    const { cells, texts, odd, out, dictionary } = SINK;
    const forgets = this.#seen.nextFrame();
    HEAD.reset();
    texts.begin(this.#seen);
    odd.reset();
    out.reset();
    dictionary.reset();
    cells.reset();
    cells.takeBytes(FRAME_HEADER_BYTES);
    this.#writeGroups(groupsOf(records, this.forms.shapeOf));
    this.#keys.write(keys, records, SINK, HEAD);
    if (traces !== undefined) writeTraces(traces, out);
    const cellsEnd = cells.length;
    texts.writeTo(HEAD);
    cells.append(HEAD.view());
    cells.append(out.view());
    cells.bytes[FRAME_BYTE.kind] = KIND.frame;
    cells.bytes[FRAME_BYTE.forgets] = forgets ? 1 : 0;
    cells.bytes[FRAME_BYTE.traced] = traces === undefined ? 0 : 1;
    cells.words[CELLS_END_WORD] = cellsEnd;
    return cells.view();
  }

  #writeGroups({ groups, order }: Groups): void {
    const { cells, out, dictionary } = SINK;
    HEAD.varint(groups.length);
    if (order !== undefined) {
      HEAD.varint(order.length);
      const at = cells.takeWords(order.length);
      cells.words.set(order, at);
    }
    // All heads before all rows: that is how they are read, and both may spell out origins.
    const splits = groups.map((group) => {
      if (group.kind === 'records') return this.#groups.writeHead(group, HEAD, dictionary);
      HEAD.uint8(LETTERS);
      HEAD.varint(group.records.length);
      return undefined;
    });
    groups.forEach((group, i) => {
      if (group.kind === 'records') this.#groups.write(group, splits[i]!, SINK);
      else for (const letter of group.records) writeDeadLetter(letter, out);
    });
  }
}
