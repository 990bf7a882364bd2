import assert from 'node:assert/strict';
import { RequestSlots } from '../../src/functions/request-slots.js';

/** Of an endpoint that always has more to do: each answer is followed by another request. */
class Endpoint {
  readonly slots: RequestSlots;
  nowMs = 0;
  most = 0;
  #underWay: { readonly begunMs: number; readonly endMs: number; readonly messages: number }[] = [];
  #freeMs = 0;

  constructor(
    declared: number | undefined,
    /** One after the other, on its one processor. */
    private computesMs: number,
    /** All at once. */
    private waitsMs: () => number,
    /** That wait for it, and are shared out to requests as they are begun; each is computed. Undefined: a request has one. */
    private readonly backlog?: number,
  ) {
    this.slots = new RequestSlots(declared);
  }

  /** @returns answers in a second */
  run(answers: number): number {
    const beganMs = this.nowMs;
    for (let i = 0; i < answers; i++) {
      while (this.#underWay.length < this.slots.count) this.#begin();
      this.#underWay.sort((one, other) => one.endMs - other.endMs);
      const { begunMs, endMs, messages } = this.#underWay.shift()!;
      this.nowMs = endMs;
      this.slots.answered(messages, endMs - begunMs, true);
      this.most = Math.max(this.most, this.slots.count);
    }
    return (answers / (this.nowMs - beganMs)) * 1000;
  }

  /** From now on. */
  become(computesMs: number, waitsMs: () => number): void {
    this.computesMs = computesMs;
    this.waitsMs = waitsMs;
  }

  #begin(): void {
    const messages = this.backlog === undefined ? 1 : Math.max(1, Math.round(this.backlog / this.slots.count));
    this.#freeMs = Math.max(this.#freeMs, this.nowMs) + this.computesMs * messages;
    this.#underWay.push({ begunMs: this.nowMs, endMs: this.#freeMs + this.waitsMs(), messages });
  }
}

describe('requests under way at once', () => {
  it('are as many as declared', () => {
    const endpoint = new Endpoint(100, 0, () => 1000);
    endpoint.run(5000);
    assert.deepEqual([endpoint.slots.count, endpoint.most], [100, 100]);
  });

  it('become many where each waits for something', () => {
    const endpoint = new Endpoint(undefined, 0, () => 1000);
    assert.equal(endpoint.slots.count, 16);
    endpoint.run(20_000);
    assert.equal(endpoint.slots.count, 1024);
  });

  it('become as many as bring something, where they wait and compute', () => {
    const endpoint = new Endpoint(undefined, 5, () => 500);
    endpoint.run(20_000);
    assert.ok(endpoint.run(5000) > 150, 'its processor is busy, with 200 a second');
    assert.ok(endpoint.slots.count <= 256);
  });

  it('become many where some wait for long, and others for nothing', () => {
    let dice = 1;
    const endpoint = new Endpoint(undefined, 0, () => ((dice = (dice * 48271) % 2147483647) % 4 === 0 ? 1000 : 1));
    endpoint.run(50_000);
    assert.ok(endpoint.slots.count >= 256, `${endpoint.slots.count}`);
  });

  it('stay few where the processor is what bounds, though answers are slow', () => {
    const endpoint = new Endpoint(undefined, 10, () => 0);
    endpoint.run(50_000);
    assert.equal(endpoint.most, 32);
    assert.ok(endpoint.slots.count <= 32);
  });

  it('stay few where more requests only have fewer messages each', () => {
    const endpoint = new Endpoint(undefined, 0.01, () => 0, 8000);
    endpoint.run(50_000);
    assert.equal(endpoint.most, 32);
  });

  it('stay few where answers are fast', () => {
    const endpoint = new Endpoint(undefined, 0, () => 20);
    endpoint.run(50_000);
    assert.equal(endpoint.most, 16);
  });

  it('become few again where there is nothing to wait for any more', () => {
    const endpoint = new Endpoint(undefined, 0, () => 200);
    endpoint.run(20_000);
    assert.ok(endpoint.slots.count >= 512);
    endpoint.become(10, () => 0);
    endpoint.run(200_000);
    assert.ok(endpoint.slots.count <= 32, `${endpoint.slots.count}`);
  });

  it('stay few where nobody waits for one', () => {
    const slots = new RequestSlots(undefined);
    for (let i = 0; i < 10_000; i++) slots.answered(1, 1000, false);
    assert.equal(slots.count, 16);
  });

  it('are half of them when the endpoint throttles, and as many as before with so many answers', () => {
    for (const declared of [undefined, 16]) {
      const slots = new RequestSlots(declared);
      for (let i = 0; i < 6; i++) slots.throttle();
      assert.equal(slots.count, 1);
      for (let i = 0; i < 15; i++) slots.answered(1, 1, true);
      assert.equal(slots.count, 16);
    }
  });
});
