import assert from 'node:assert/strict';
import type { StreamElement } from '../../../src/network/element.js';
import { PassedElements } from '../../../src/simulation/cluster/passed-elements.js';

const watermark = (time: number): StreamElement => ({ kind: 'watermark', watermark: time });

describe('passed elements', () => {
  it('are what was written, read in any order and more than once', () => {
    const channel = new PassedElements();
    const writer = channel.writer();
    const elements = [watermark(1), watermark(2), watermark(3)];
    const bytes = elements.map((element) => Uint8Array.from(writer.write(element)));
    for (const at of [2, 0, 1, 0]) assert.equal(channel.read(bytes[at]!), elements[at]);
  });

  it('go on behind one that was written and not sent', () => {
    const channel = new PassedElements();
    const writer = channel.writer();
    writer.write(watermark(1));
    writer.discard();
    const kept = watermark(2);
    assert.equal(channel.read(writer.write(kept)), kept);
  });

  it('are known to their own channel alone', () => {
    const bytes = new PassedElements().writer().write(watermark(1));
    assert.throws(() => new PassedElements().read(bytes), /element 0 was never sent/);
  });
});
