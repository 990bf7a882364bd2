/** Both ends of a ring in one thread, and how often each was rung. */
import { PassingReader } from '../../../src/network/passing/passing-reader.js';
import { PassingWriter } from '../../../src/network/passing/passing-writer.js';
import { SourceForms } from '../../../src/network/passing/source-forms.js';
import { RingInputChannel } from '../../../src/network/ring/ring-input.js';
import { RingMemory } from '../../../src/network/ring/ring-memory.js';
import { RingOutputChannel } from '../../../src/network/ring/ring-output.js';
import { ChannelEnds } from '../channel-ends.js';

const ELEMENT_BYTES_MAX = 2 ** 22;

export class RingPair extends ChannelEnds {
  consumerRung = 0;
  producerRung = 0;
  readonly output: RingOutputChannel;
  readonly input: RingInputChannel;

  constructor(capacity: number) {
    super();
    const memory = new RingMemory(RingMemory.allocate(1, capacity), 1);
    const forms = new SourceForms({});
    this.output = new RingOutputChannel(
      memory,
      new PassingWriter(forms),
      { ring: () => this.consumerRung++ },
      ELEMENT_BYTES_MAX,
    );
    this.input = new RingInputChannel(
      memory,
      new PassingReader(forms),
      { ring: () => this.producerRung++ },
      ELEMENT_BYTES_MAX,
    );
  }
}
