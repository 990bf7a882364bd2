import assert from 'node:assert/strict';
import { minimumWatermark, NO_WATERMARK, SplitWatermark } from '../../src/time/watermark.js';
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
    assert.equal(minimumWatermark([at(5), at(3), at(1, true)]), 3);
  });
  it('does not exist when all are idle', () => {
    assert.equal(minimumWatermark([at(5, true)]), undefined);
  });
  it('is held back by a split that has given nothing yet', () => {
    assert.equal(minimumWatermark([at(5), at(NO_WATERMARK)]), NO_WATERMARK);
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

  it('F41: says when every channel is idle', () => {
    const valve = new WatermarkValve(2);
    valve.idle(0);
    assert.equal(valve.allIdle(), false);
    valve.idle(1);
    assert.equal(valve.allIdle(), true);
    valve.watermark(0, 1);
    assert.equal(valve.allIdle(), false);
  });
});
