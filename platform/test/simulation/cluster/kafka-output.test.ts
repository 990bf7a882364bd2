/** The production committer over the simulated broker, alone: it dies, is followed, rescaled and sent back. */
import assert from 'node:assert/strict';
import type { Committer, RestoredEpochs, Sink, StagedEpoch } from '@tidegate/connectors/api';
import { Broker } from '../../../src/simulation/broker/broker.js';
import { COMMITTER_MUTANTS } from '../../../src/simulation/mutants/kafka-mutants.js';
import { KafkaOutput } from '../../../src/simulation/cluster/kafka-output.js';
import { readOutputLine, writeOutputLine } from '../../../src/simulation/workload/probe-record.js';
import { SharedFiles } from '../../../src/simulation/world/shared-files.js';
import { SimulatedGround } from '../simulated-ground.js';
import { committerLife } from './committer-life.js';

const LIVES = 60;
const WEATHER = { full: false, ioErrors: 0, slowness: 1, damage: 0 };

function worldOf(seed: number) {
  const ground = new SimulatedGround(seed);
  const broker = new Broker(ground.kernel, ground.random, ground.coverage);
  const process = ground.started('worker');
  const output = new KafkaOutput(broker, new SharedFiles(ground.kernel, ground.random, WEATHER), ground.random);
  let attempts = 0;
  const attempt = (subtask = 0, parallelism = 1) => {
    const sink: Sink = output.sink(process, 'out', () => undefined);
    const owner = { subtask, parallelism, attempt: ++attempts };
    const writer = sink.createWriter({ ...owner, delivery: 'exactly-once', restored: true });
    const committer: Committer = sink.createCommitter!(owner);
    const stage = (epoch: number, ids: readonly string[]): StagedEpoch => {
      for (const id of ids) writer.write({ payload: writeOutputLine(['alert', id]), timestamp: 0 });
      return { subtask, epoch, staged: writer.stage(epoch) };
    };
    return { committer, stage };
  };
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
  /** Ids, in no order: they lie in several partitions. */
  const committed = async (): Promise<string[]> => {
    await ground.run(ground.kernel.now + 2000);
    return broker
      .committed()
      .map((line) => String(readOutputLine(line)[1]))
      .sort();
  };
  return { ground, broker, process, attempt, settled, committed };
}

function restored(staged: readonly StagedEpoch[], rewound = false): RestoredEpochs {
  return { epoch: Math.max(...staged.map(({ epoch }) => epoch)), staged, rewound };
}

const ids = (epoch: number): string[] => ['a', 'b', 'c'].map((letter) => `${letter}${epoch}`);

describe('the sink of Kafka over the simulated broker', () => {
  it('commits every epoch once, wherever its committer dies and however often an epoch is given again', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const { ground, broker, process, attempt, settled, committed } = worldOf(seed);
      const first = attempt();
      assert.equal(await settled(first.committer.recover(undefined)), undefined);
      const epochs = [1, 2, 3].map((epoch) => first.stage(epoch, ids(epoch)));
      for (let deaths = 0; deaths < 4; deaths++) {
        const { committer } = attempt();
        void committer
          .recover(restored(epochs.slice(0, 2)))
          .then(() => committer.commit(epochs[2]!))
          .catch(() => undefined);
        await ground.run(ground.kernel.now + ground.random.between(0, 120));
        process.crash();
        process.start();
      }
      assert.equal(await settled(attempt().committer.recover(restored(epochs))), undefined);
      assert.deepEqual(await committed(), [1, 2, 3].flatMap(ids).sort(), `seed ${seed}`);
      assert.deepEqual(broker.open(), []);
    }
  });

  it('commits what the subtasks had staged that are no more, and fences them', async () => {
    const { attempt, settled, committed } = worldOf(1);
    const subtasks = [0, 1, 2].map((subtask) => attempt(subtask, 3));
    for (const { committer } of subtasks) await settled(committer.recover(undefined));
    const epochs = subtasks.map(({ stage }, subtask) => stage(1, [`x${subtask}`]));
    await settled(subtasks[2]!.committer.commit(epochs[2]!));
    const late = subtasks[2]!.stage(2, ['late']);
    assert.equal(await settled(attempt().committer.recover(restored(epochs))), undefined);
    const outcome = (await settled(subtasks[2]!.committer.commit(late))) as Error & { code: string };
    assert.equal(outcome.code, 'fenced');
    assert.deepEqual(await committed(), ['x0', 'x1', 'x2']);
  });

  it('begins a new line where it goes back, so that numbers that come again are sent', async () => {
    const { attempt, settled, committed } = worldOf(1);
    const first = attempt();
    await settled(first.committer.recover(undefined));
    const epochs = [1, 2].map((epoch) => first.stage(epoch, ids(epoch)));
    for (const epoch of epochs) await settled(first.committer.commit(epoch));
    const second = attempt();
    assert.equal(await settled(second.committer.recover(restored([epochs[0]!], true))), undefined);
    assert.equal(await settled(second.committer.commit(second.stage(2, ['again']))), undefined);
    assert.deepEqual(await committed(), [...ids(1), ...ids(2), 'again'].sort());
  });

  it('goes on from a checkpoint that the topic is ahead of only if it is told to', async () => {
    const { attempt, settled, committed } = worldOf(1);
    const first = attempt();
    await settled(first.committer.recover(undefined));
    const epochs = [1, 2].map((epoch) => first.stage(epoch, ids(epoch)));
    for (const epoch of epochs) await settled(first.committer.commit(epoch));
    const outcome = await settled(attempt().committer.recover(restored([epochs[0]!])));
    assert.match((outcome as unknown as Error).message, /the topic holds the alerts of checkpoint 2/);
    assert.deepEqual(await committed(), [...ids(1), ...ids(2)].sort());
  });

  for (const committedBefore of [0, 1])
    it(`stops where brokers have forgotten the marker, ${committedBefore === 0 ? 'before' : 'after'} the first commit`, async () => {
      const { broker, attempt, settled, committed } = worldOf(1);
      const first = attempt();
      await settled(first.committer.recover(undefined));
      if (committedBefore > 0) await settled(first.committer.commit(first.stage(1, ids(1))));
      const epoch = first.stage(2, ids(2));
      // What was committed is everywhere by then.
      await committed();
      broker.forgetOffsets();
      const outcome = (await settled(attempt().committer.recover(restored([epoch])))) as unknown as Error;
      assert.match(outcome.message, /the marker of group .* is gone/);
      assert.deepEqual(await committed(), committedBefore > 0 ? ids(1) : []);
    });

  it('is exact over many lives, whatever is lost, late, or dies', async () => {
    for (let seed = 1; seed <= LIVES; seed++) assert.equal(await committerLife(seed), undefined, `seed ${seed}`);
  });

  it('gives up an epoch whose fate it does not know when the broker stays away', async () => {
    const { broker, attempt, settled } = worldOf(1);
    const first = attempt();
    await settled(first.committer.recover(undefined));
    const epoch = first.stage(1, ids(1));
    broker.weather.down = true;
    const outcome = (await settled(first.committer.commit(epoch))) as Error & { retriable: boolean };
    assert.match(outcome.message, /disconnected/);
    assert.equal(outcome.retriable, true);
  });
});

describe('a planted bug of the committer', function () {
  this.timeout(120_000);
  for (const { name, description, seedsMax, plant } of COMMITTER_MUTANTS)
    it(`is found within ${seedsMax} lives: ${name}. ${description}`, async () => {
      const remove = plant();
      try {
        let found: string | undefined;
        for (let seed = 1; seed <= seedsMax && found === undefined; seed++) found = await committerLife(seed);
        assert.ok(found !== undefined, `${name} is alive after ${seedsMax} lives`);
      } finally {
        remove();
      }
    });
});
