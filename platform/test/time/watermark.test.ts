import assert from 'node:assert/strict';
import { combinedWatermark, MAX_WATERMARK, NO_WATERMARK, SplitWatermark } from '../../src/time/watermark.js';
import { WatermarkValve } from '../../src/time/watermark-valve.js';

describe('a split’s watermark', () => {
  it('stays behind the greatest timestamp by the bound and one', () => {
    const split = new SplitWatermark(5000, 0);
    split.observe(10_000);
    split.observe(9_000);
    assert.equal(split.watermark, 4_999);
  });

  it('calls a record late that is at the watermark, and one that is just above it not', () => {
    const split = new SplitWatermark(5000, 0);
    split.observe(10_000);
    assert.equal(split.observe(4_999), true);
    assert.equal(split.observe(5_000), false);
  });

  it('is not raised by late records, and never falls', () => {
    const split = new SplitWatermark(0, 0);
    split.raise(100);
    split.raise(50);
    assert.equal(split.observe(100), true);
    assert.equal(split.watermark, 100);
  });
});

describe('the watermark of several splits', () => {
  const at = (watermark: number, idle = false) => ({ watermark, idle });
  it('is the least of those that are active', () => {
    assert.equal(combinedWatermark([at(5), at(3), at(1, true)]), 3);
  });
  it('is the latest when all are idle, and does not exist without splits', () => {
    assert.equal(combinedWatermark([at(5, true), at(7, true), at(NO_WATERMARK, true)]), 7);
    assert.equal(combinedWatermark([]), undefined);
  });
  it('is held back by a split that has given nothing yet', () => {
    assert.equal(combinedWatermark([at(5), at(NO_WATERMARK)]), NO_WATERMARK);
  });
});

describe('the watermark valve', () => {
  it('gives the minimum of its channels, and only when it rises', () => {
    const valve = new WatermarkValve(2);
    assert.equal(valve.watermark(0, 10), undefined);
    assert.equal(valve.watermark(1, 5), 5);
    assert.equal(valve.watermark(1, 5), undefined);
    assert.equal(valve.watermark(1, 20), 10);
  });

  it('does not wait for an idle channel, and does not go back when it resumes behind', () => {
    const valve = new WatermarkValve(2);
    valve.watermark(0, 10);
    assert.equal(valve.idle(1), 10);
    assert.equal(valve.watermark(1, 3), undefined);
    assert.equal(valve.watermark(0, 50), undefined);
    assert.equal(valve.watermark(1, 30), 30);
  });

  it('F40: holds time back again from when a channel is active, before its next watermark', () => {
    const valve = new WatermarkValve(2);
    valve.watermark(0, 10);
    valve.idle(1);
    valve.active(1);
    assert.equal(valve.watermark(0, 50), undefined);
  });

  it('F41: does not take the end of a finished channel for the time of an idle one', () => {
    const valve = new WatermarkValve(2);
    valve.watermark(1, 7);
    assert.equal(valve.watermark(0, MAX_WATERMARK), 7);
    assert.equal(valve.idle(1), undefined);
    assert.equal(valve.watermark(1, 9), 9);
    assert.equal(valve.watermark(1, MAX_WATERMARK), MAX_WATERMARK);
  });

  for (const order of [
    [0, 1],
    [1, 0],
  ] as const) {
    it(`comes to the latest time when all become idle, in the order ${order.join(', ')}`, () => {
      const valve = new WatermarkValve(2);
      valve.watermark(0, 10);
      const before = valve.watermark(1, 5);
      assert.equal(Math.max(before ?? 0, ...order.map((channel) => valve.idle(channel) ?? 0)), 10);
    });
  }

  it('F41: says when every channel is idle', () => {
    const valve = new WatermarkValve(2);
    valve.idle(0);
    assert.equal(valve.isIdle(), false);
    valve.idle(1);
    assert.equal(valve.isIdle(), true);
    valve.watermark(0, 1);
    assert.equal(valve.isIdle(), false);
  });
});
