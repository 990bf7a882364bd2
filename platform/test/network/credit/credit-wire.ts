/**
 * Both ends of a credit channel and the network between them: data in order, announcements in order but free to pass data
 * or to be passed by it, credit in order the other way. A test may lay hands on what is under way.
 */
import { CreditInputChannel } from '../../../src/network/credit/credit-input.js';
import { CreditOutputChannel } from '../../../src/network/credit/credit-output.js';
import { CreditPool } from '../../../src/network/credit/credit-pool.js';
import { readPacket } from '../../../src/network/credit/packet.js';
import { ElementCodec } from '../../../src/network/element-codec.js';
import { ChannelEnds } from '../channel-ends.js';

export const ATTEMPT = 3;
const ELEMENT_BYTES_MAX = 2 ** 22;

export class CreditWire extends ChannelEnds {
  readonly data: Uint8Array[] = [];
  readonly announcements: Uint8Array[] = [];
  readonly credit: Uint8Array[] = [];
  readonly output: CreditOutputChannel;
  readonly input: CreditInputChannel;

  constructor(readonly pool = new CreditPool(4)) {
    super();
    const codec = new ElementCodec({});
    const toConsumer = {
      send: (packet: Uint8Array) => {
        const isData = readPacket(packet, ATTEMPT)?.kind === 'data';
        (isData ? this.data : this.announcements).push(packet);
      },
    };
    const toProducer = { send: (packet: Uint8Array) => void this.credit.push(packet) };
    this.output = new CreditOutputChannel(codec.writer(), toConsumer, ATTEMPT, ELEMENT_BYTES_MAX);
    this.input = new CreditInputChannel(codec, toProducer, ATTEMPT, ELEMENT_BYTES_MAX, pool);
  }

  get isQuiet(): boolean {
    return this.data.length + this.announcements.length + this.credit.length === 0;
  }

  /** Brings up to so many packets over in each direction, announcements first. */
  deliver(packets: number): void {
    for (const packet of this.announcements.splice(0, packets)) this.input.receive(packet);
    for (const packet of this.data.splice(0, packets)) this.input.receive(packet);
    for (const packet of this.credit.splice(0, packets)) this.output.receive(packet);
  }
}
