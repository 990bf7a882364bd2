import assert from 'node:assert/strict';
import type { StreamEnd } from '../../../src/simulation/world/network.js';
import { SimulatedNetwork } from '../../../src/simulation/world/network.js';
import { SimulatedGround } from '../simulated-ground.js';

class Listener implements StreamEnd {
  readonly packets: unknown[] = [];
  isBroken = false;

  packet(packet: unknown): void {
    this.packets.push(packet);
  }

  broken(): void {
    this.isBroken = true;
  }
}

function twoProcesses(seed: number) {
  const ground = new SimulatedGround(seed);
  const network = new SimulatedNetwork(ground.kernel, ground.random);
  const [a, b] = [ground.started('a'), ground.started('b')];
  const [atA, atB] = [new Listener(), new Listener()];
  return { ground, network, a, b, atA, atB, stream: network.connect(a, b, atA, atB) };
}

describe('the simulated network', () => {
  it('keeps the order of a stream whatever the latencies', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const { ground, atB, atA, stream } = twoProcesses(seed);
      const sent = Array.from({ length: 50 }, (_, i) => i);
      for (const i of sent) ground.kernel.schedule(i * 0.1, () => stream.forward(i));
      ground.kernel.schedule(3, () => stream.back('answer'));
      await ground.run();
      assert.deepEqual(atB.packets, sent);
      assert.deepEqual(atA.packets, ['answer']);
    }
  });

  it('brings at one time what a stream was sent at one, and not what came between times', async () => {
    const { ground, stream, atB } = twoProcesses(1);
    const arrivals = new Map<unknown, number>();
    atB.packet = (packet) => arrivals.set(packet, ground.kernel.now);
    stream.forward('first');
    stream.forward('second');
    ground.kernel.schedule(0.01, () => stream.forward('third'));
    await ground.run();
    assert.deepEqual([...arrivals.keys()], ['first', 'second', 'third']);
    assert.equal(arrivals.get('first'), arrivals.get('second'));
    assert.notEqual(arrivals.get('second'), arrivals.get('third'));
  });

  it('holds a stream up at a partition and lets it go on when that heals', async () => {
    const { ground, network, stream, atB } = twoProcesses(1);
    network.cut('a', 'b');
    stream.forward('held');
    ground.kernel.schedule(100, () => stream.forward('behind'));
    await ground.run(150);
    assert.deepEqual(atB.packets, []);
    network.heal();
    await ground.run();
    assert.deepEqual(atB.packets, ['held', 'behind']);
  });

  it('tells both ends of a stream that is reset, and delivers nothing afterwards', async () => {
    const { ground, network, stream, atA, atB } = twoProcesses(1);
    stream.forward('under way');
    network.reset('b', 'a');
    stream.forward('too late');
    await ground.run();
    assert.deepEqual([atA.isBroken, atB.isBroken, atB.packets], [true, true, []]);
  });

  it('tells the living end of a stream that the other has died', async () => {
    const { ground, b, atA, atB } = twoProcesses(1);
    b.crash();
    b.start();
    await ground.run();
    assert.deepEqual([atA.isBroken, atB.isBroken], [true, false]);
  });

  it('loses, doubles and reorders messages as the weather is', async () => {
    const { ground, network, a, b } = twoProcesses(5);
    Object.assign(network.weather, { loss: 0.3, duplication: 0.3 });
    const came: number[] = [];
    for (let i = 0; i < 300; i++) network.send(a, b, 'message', () => came.push(i));
    await ground.run();
    const counts = new Map<number, number>();
    for (const i of came) counts.set(i, (counts.get(i) ?? 0) + 1);
    assert.ok(counts.size < 300, 'some are lost');
    assert.ok([...counts.values()].includes(2), 'some are doubled');
    assert.ok([...counts.values()].every((count) => count <= 2));
    assert.ok(
      came.some((i, at) => at > 0 && i < came[at - 1]!),
      'some come out of order',
    );
  });

  it('gives no message of one life of a process to the next', async () => {
    const { ground, network, a, b } = twoProcesses(1);
    const came: string[] = [];
    network.send(a, b, 'message', () => came.push('message'));
    b.crash();
    b.start();
    await ground.run();
    assert.deepEqual(came, []);
  });
});
