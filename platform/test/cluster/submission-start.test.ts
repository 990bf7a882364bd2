import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobResultView, Submission } from '../../src/rest/cluster-service.js';
import { inFolder, type Child } from '../applications/child.js';
import { Cluster, eventually, killed } from './cluster.js';
import { ticking } from './ticking.js';

/** A line for each number, so that the first line of a run says where it began. */
const SETTINGS = { name: 'ticks', settings: '{ checkpoint: { interval: 50ms }, restart: none }', rate: 200 };

const PAIRS = `  pairs:
    from: ticks
    pattern:
      within: 1h
      steps:
        - begin: a
        - followedBy: b
          where: n == a.n + 1
    select: { n: b.n }
    to: out
`;

const APPLICATION = ticking({ ...SETTINGS, rules: PAIRS });
const WITHOUT_PAIRS = ticking(SETTINGS);

class Ticks {
  private constructor(
    private readonly folder: string,
    readonly cluster: Cluster,
    readonly coordinator: Child,
  ) {}

  /** It runs, and has a checkpoint. */
  static async in(folder: string): Promise<Ticks> {
    const cluster = await Cluster.in(folder);
    const coordinator = await cluster.coordinator();
    await cluster.worker(1);
    const ticks = new Ticks(folder, cluster, coordinator);
    await ticks.submit(APPLICATION);
    await ticks.checkpointed();
    return ticks;
  }

  async submit(text: string, options: Partial<Submission> = {}): Promise<void> {
    await this.cluster.client.submit({ files: [{ file: 'ticks.yaml', text }], baseDir: this.folder, ...options });
  }

  async checkpointed(after = 0): Promise<void> {
    await eventually(async () => {
      const { endedAt, reason, run } = await this.cluster.client.job('ticks');
      assert.equal(endedAt, undefined, reason);
      return (run?.latestCheckpoint ?? 0) > after;
    });
  }

  /** @returns the savepoint's folder */
  async stopped(): Promise<string> {
    const savepoint = await this.cluster.client.stop('ticks', false);
    await this.ended();
    return savepoint;
  }

  async ended(): Promise<JobResultView> {
    await eventually(async () => (await this.cluster.client.job('ticks')).endedAt !== undefined);
    return this.cluster.client.result('ticks');
  }

  /** The coordinator is killed. @returns from which checkpoint the job goes on at the next one */
  async taken(): Promise<number> {
    await killed(this.coordinator);
    const next = await this.cluster.coordinator();
    await eventually(() => next.err.includes('goes on from checkpoint'));
    return Number(/goes on from checkpoint (\d+)/.exec(next.err)![1]);
  }
}

describe('where a submitted job begins', function () {
  this.timeout(180_000);

  it('is a savepoint, and when it is taken up again where it has come to', () =>
    inFolder(async (folder) => {
      const ticks = await Ticks.in(folder);
      const savepoint = await ticks.stopped();
      const number = Number(/(\d+)-\d+\/$/.exec(savepoint)![1]);
      await ticks.submit(APPLICATION, { again: true });
      await ticks.checkpointed(number);
      await ticks.stopped();
      writeFileSync(join(folder, 'ticks.yaml'), APPLICATION);
      const back = await ticks.cluster.ask('submit', 'ticks.yaml', '--from', savepoint);
      assert.equal(back.exitCode, 0, back.err);
      await eventually(() => (ticks.coordinator.err.match(/goes on from checkpoint/g) ?? []).length === 2);
      const adopted = (await ticks.cluster.client.job('ticks')).run?.latestCheckpoint ?? 0;
      await ticks.checkpointed(adopted);
      const from = await ticks.taken();
      assert.ok(from > adopted, `it went on from ${from}, not from the savepoint again, which was ${adopted}`);
    }));

  it('is the beginning where it is to begin afresh, once', () =>
    inFolder(async (folder) => {
      const ticks = await Ticks.in(folder);
      await ticks.stopped();
      const told = ticks.coordinator.err.length;
      await ticks.submit(APPLICATION, { fresh: true });
      await ticks.checkpointed();
      assert.doesNotMatch(ticks.coordinator.err.slice(told), /goes on from/);
      const written = (): string => readFileSync(join(folder, 'out', 'ticks.jsonl'), 'utf8');
      await eventually(() => written() !== '');
      assert.match(written(), /^[^\n]*"n":0\b/);
      assert.ok((await ticks.taken()) >= 1);
    }));

  it('leaves state out that has no place any more where that is allowed, and is refused it otherwise', () =>
    inFolder(async (folder) => {
      const ticks = await Ticks.in(folder);
      await ticks.stopped();
      await ticks.submit(WITHOUT_PAIRS);
      const { failure } = await ticks.ended();
      assert.deepEqual([failure?.code, /--allow-non-restored-state/.test(failure?.message ?? '')], ['TG440', true]);
      await ticks.submit(WITHOUT_PAIRS, { allowNonRestoredState: true });
      await ticks.checkpointed();
      await eventually(() => ticks.coordinator.err.includes('goes on from checkpoint'));
    }));

  it('is refused where it is not there, or said twice', () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'ticks.yaml'), APPLICATION);
      const cluster = await Cluster.in(folder);
      await cluster.coordinator();
      const refused: readonly (readonly [words: readonly string[], code: number, err: RegExp])[] = [
        [['--from', '7'], 1, /this job has no savepoint 7/],
        [['--from', 'nowhere'], 1, /nowhere is no savepoint: there is no such folder/],
        [['--from', '7', '--fresh'], 2, /choose one/],
      ];
      for (const [words, code, err] of refused) {
        const answer = await cluster.ask('submit', 'ticks.yaml', ...words);
        assert.equal(answer.exitCode, code, words.join(' '));
        assert.match(answer.err, err);
      }
      assert.equal((await cluster.ask('list', 'jobs')).out, 'no jobs\n');
    }));
});
