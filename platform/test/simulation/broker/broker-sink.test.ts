import assert from 'node:assert/strict';
import type { RestoredEpochs, SinkSubtask, StagedEpoch } from '@tidegate/connectors/api';
import { Broker } from '../../../src/simulation/broker/broker.js';
import { BrokerSink } from '../../../src/simulation/broker/broker-sink.js';
import { SimulatedGround } from '../simulated-ground.js';

function worldOf(seed: number) {
  const ground = new SimulatedGround(seed);
  const broker = new Broker(ground.kernel, ground.random, ground.coverage);
  const process = ground.started('worker');
  const sink = new BrokerSink(broker, process, 'sink');
  /** Awaits in virtual time. */
  const settled = async <T>(promise: Promise<T>): Promise<T | Error> => {
    let outcome: { value: T | Error } | undefined;
    promise.then(
      (value) => (outcome = { value }),
      (error: unknown) => (outcome = { value: error as Error }),
    );
    await ground.kernel.run(() => outcome !== undefined, { eventsMax: 1e5, timeMax: 1e9 });
    return outcome!.value;
  };
  return { ground, broker, process, sink, settled };
}

const SUBTASK: SinkSubtask = { subtask: 0, parallelism: 1, attempt: 1 };

function restored(staged: readonly StagedEpoch[]): RestoredEpochs {
  return { epoch: staged.at(-1)!.epoch, staged, rewound: false };
}

function stage(sink: BrokerSink, epoch: number, payloads: readonly string[]): StagedEpoch {
  const writer = sink.createWriter({ ...SUBTASK, delivery: 'exactly-once', restored: false });
  for (const payload of payloads) writer.write({ payload, timestamp: 0 });
  return { subtask: 0, epoch, staged: writer.stage(epoch) };
}

describe('the sink into the simulated broker', () => {
  it('commits every epoch once, wherever its committer dies and however often an epoch is given again', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const { ground, broker, process, sink, settled } = worldOf(seed);
      const epochs = [1, 2, 3].map((epoch) => stage(sink, epoch, [`${epoch}a`, `${epoch}b`]));
      for (let attempt = 0; attempt < 4; attempt++) {
        const committer = sink.createCommitter(SUBTASK);
        void committer
          .recover(restored(epochs.slice(0, 2)))
          .then(() => committer.commit(epochs[2]!))
          .catch(() => undefined);
        await ground.run(ground.kernel.now + ground.random.between(0, 60));
        process.crash();
        process.start();
      }
      assert.equal(await settled(sink.createCommitter(SUBTASK).recover(restored(epochs))), undefined);
      await ground.run();
      assert.deepEqual(broker.committed(), ['1a', '1b', '2a', '2b', '3a', '3b']);
      assert.deepEqual(broker.open(), []);
    }
  });

  it('gives up an epoch whose fate it does not know', async () => {
    const { broker, sink, settled } = worldOf(1);
    const committer = sink.createCommitter(SUBTASK);
    await settled(committer.recover(undefined));
    broker.weather.down = true;
    const outcome = await settled(committer.commit(stage(sink, 1, ['a'])));
    assert.match((outcome as unknown as Error).message, /^produce: disconnected$/);
  });
});
