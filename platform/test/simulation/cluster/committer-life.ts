/**
 * The committers of one egress over a broker that loses answers all the time: attempts that fail and are followed, die at any instant,
 * and come back with another parallelism. What is staged is staged once and never forgotten before its commit was acknowledged.
 */
import type { Committer, SinkWriter, StagedEpoch } from '@tidegate/connectors/api';
import { Broker } from '../../../src/simulation/broker/broker.js';
import { KafkaOutput } from '../../../src/simulation/cluster/kafka-output.js';
import { readOutputLine, writeOutputLine } from '../../../src/simulation/workload/probe-record.js';
import { SharedFiles } from '../../../src/simulation/world/shared-files.js';
import { SimulatedGround } from '../simulated-ground.js';

const ROUNDS = 8;
const EPOCHS_A_ROUND = 3;
const RECORDS = 6;
const LAST_TRIES = 10;
/** Longer than transactions may take. */
const AWAY_MS_MAX = 1500;
const LIMITS = { eventsMax: 1e5, timeMax: 1e9 };
const CALM = { full: false, ioErrors: 0, slowness: 1, damage: 0 };

interface Subtask {
  readonly subtask: number;
  readonly writer: SinkWriter;
  readonly committer: Committer;
}

/** @returns what is wrong with the topics in the end */
export async function committerLife(seed: number): Promise<string | undefined> {
  const ground = new SimulatedGround(seed);
  const { kernel, random } = ground;
  const broker = new Broker(kernel, random, ground.coverage);
  const process = ground.started('worker');
  const output = new KafkaOutput(broker, new SharedFiles(kernel, random, CALM), random);
  const expected: string[] = [];
  /** Of the latest checkpoint: staged, and not known to be committed. */
  let pending: StagedEpoch[] = [];
  let epoch = 0;
  let attempts = 0;

  const attempt = (subtask: number, parallelism: number): Subtask => {
    const sink = output.sink(process, 'out', () => undefined);
    const owner = { subtask, parallelism, attempt: ++attempts };
    const writer = sink.createWriter({ ...owner, delivery: 'exactly-once', restored: true });
    return { subtask, writer, committer: sink.createCommitter!(owner) };
  };
  /** @returns whether it was done; not where the process died first, or it failed */
  const settled = async (work: Promise<unknown>, dies: boolean): Promise<boolean> => {
    let outcome: boolean | undefined;
    work.then(
      () => (outcome = true),
      () => (outcome = false),
    );
    if (dies) {
      await kernel.run(() => outcome !== undefined, { ...LIMITS, timeMax: kernel.now + random.between(0, 40) });
      process.crash();
      process.start();
      return false;
    }
    await kernel.run(() => outcome !== undefined, LIMITS);
    return outcome === true;
  };
  const recovered = async (parallelism: number, dies: boolean): Promise<Subtask[] | undefined> => {
    const subtasks = Array.from({ length: parallelism }, (_, subtask) => attempt(subtask, parallelism));
    for (const { subtask, committer } of subtasks) {
      const staged = pending.filter((each) => each.subtask % parallelism === subtask);
      const restored = epoch === 0 ? undefined : { epoch, staged, rewound: false };
      if (!(await settled(committer.recover(restored), dies && random.chance(0.2)))) return undefined;
    }
    pending = [];
    return subtasks;
  };

  const awayForAWhile = async (): Promise<void> => {
    broker.weather.down = true;
    await ground.run(kernel.now + random.between(0, AWAY_MS_MAX));
    broker.weather.down = false;
  };

  for (let round = 0; round < ROUNDS; round++) {
    if (random.chance(0.3)) await awayForAWhile();
    Object.assign(broker.weather, { disconnects: random.between(0, 0.15), slowness: random.between(1, 10) });
    const subtasks = await recovered(random.integer(1, 3), true);
    for (let of = 0; subtasks !== undefined && of < EPOCHS_A_ROUND; of++) {
      epoch++;
      for (const { subtask, writer } of subtasks) {
        for (let n = 0; n < RECORDS; n++) {
          const id = `${epoch}-${subtask}-${n}`;
          expected.push(id);
          writer.write({ payload: writeOutputLine(['alert', id]), timestamp: 0 });
        }
        pending.push({ subtask, epoch, staged: writer.stage(epoch) });
      }
      const dies = random.chance(0.2);
      // Some are due together, as the one before took long.
      if (random.chance(0.3)) continue;
      let isWhole = true;
      for (const { subtask, committer } of subtasks) {
        const due = pending.filter((each) => each.subtask === subtask);
        isWhole = isWhole && (await settled(committer.commitAll!(due), dies && random.chance(0.5)));
        if (isWhole) pending = pending.filter((each) => each.subtask !== subtask);
      }
      if (!isWhole) break;
    }
  }
  Object.assign(broker.weather, { disconnects: 0, slowness: 1 });
  // What is late may fence the first of them.
  let last: Subtask[] | undefined;
  for (let tries = 0; tries < LAST_TRIES && last === undefined; tries++)
    last = await recovered(random.integer(1, 3), false);
  if (last === undefined) return 'no last attempt begins';
  await ground.run(kernel.now + 5000);
  return difference(
    expected,
    broker.committed().map((line) => String(readOutputLine(line)[1])),
  );
}

function difference(expected: readonly string[], found: readonly string[]): string | undefined {
  const missing = expected.filter((id) => !found.includes(id));
  const double = found.filter((id, index) => found.indexOf(id) !== index);
  return missing.length + double.length === 0 ? undefined : `missing: ${missing.join()}; twice: ${double.join()}`;
}
