/**
 * Both ends' codec of one channel whose elements go over as they are: on the wire each is its number. What makes packets of
 * bytes, numbers frames and gives credit is the same, and what an element looks like in bytes is left to the worlds that
 * encode (`WorldOptions.encodes`).
 *
 * Invariants
 * - An element that was written can be read again and again, in any order, as long as the channel lives.
 */
import type { ElementEnds, ElementWriter } from '../../network/element-ends.js';
import type { StreamElement } from '../../network/element.js';

const NUMBER_BYTES = 4;
/** Of all channels: who asks for an element's bytes copies them. */
const OUT = Buffer.alloc(NUMBER_BYTES);

export class PassedElements implements ElementEnds {
  readonly #elements: StreamElement[] = [];

  writer(): ElementWriter {
    return {
      write: (element) => {
        OUT.writeUInt32BE(this.#elements.push(element) - 1);
        return OUT;
      },
      discard: () => void this.#elements.pop(),
    };
  }

  read(bytes: Uint8Array): StreamElement {
    const element = this.#elements[numberIn(bytes)];
    if (element === undefined) throw new Error(`element ${numberIn(bytes)} was never sent`);
    return element;
  }
}

function numberIn(bytes: Uint8Array): number {
  return ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
}
