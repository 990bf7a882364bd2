/** A job that counts without end until it is stopped, so that what it has written tells of every event that was lost or doubled. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobDetails, Submission } from '../../src/rest/cluster-service.js';
import { eventually, type Cluster } from './cluster.js';

const KEYS = 7;

const textOf = (settings: string, checkpoint: string): string => `name: counting
settings: { checkpoint: { interval: 100ms${checkpoint} }${settings} }
ingresses:
  numbers:
    generator: { rate: 500, fields: { n: { sequence: {} }, ts: { timestamp: { step: 1s } } } }
    schema: { n: int, ts: timestamp }
    time: { field: ts }
rules:
  every:
    from: numbers
    where: n >= 0
    select: { n: n }
    to: out
  pairs:
    from: numbers
    key: n % ${KEYS}
    pattern:
      within: 1h
      skip: pastLastEvent
      steps:
        - begin: a
        - followedBy: b
          where: n == a.n + ${KEYS}
    select: { n: b.n }
    to: out
egresses:
  out: { file: { path: out/counting.jsonl } }
`;

interface CountingOptions extends Pick<Submission, 'again' | 'from'> {
  /** Further ones, in YAML's flow style. */
  readonly settings?: string;
  /** Further settings of its checkpoints, as well. */
  readonly checkpoint?: string;
}

export class CountingJob {
  private constructor(
    private readonly cluster: Cluster,
    private readonly folder: string,
  ) {}

  /** Submitted; it runs when there are slots. */
  static async submit(
    cluster: Cluster,
    parallelism: number,
    { settings = '', checkpoint = '', ...start }: CountingOptions = {},
  ): Promise<CountingJob> {
    const { folder } = cluster;
    const files = [{ file: 'counting.yaml', text: textOf(settings, checkpoint) }];
    await cluster.client.submit({ files, baseDir: folder, parallelism, ...start });
    return new CountingJob(cluster, folder);
  }

  /** Resolves when the job is as the test wants it; rejects when it has ended. */
  async when(condition: (job: JobDetails) => boolean): Promise<JobDetails> {
    let met: JobDetails | undefined;
    await eventually(async () => {
      // Nobody may answer for a while.
      const job = await this.cluster.client.job('counting').catch(() => undefined);
      assert.equal(job?.endedAt, undefined, job?.reason);
      if (job !== undefined && condition(job)) met = job;
      return met !== undefined;
    });
    return met!;
  }

  /** Resolves when all of it runs, and has taken a checkpoint since. */
  async goesOn(): Promise<JobDetails> {
    const before = (await this.when(runs)).run?.latestCheckpoint ?? 0;
    return this.when((job) => runs(job) && (job.run?.latestCheckpoint ?? 0) > before);
  }

  /** Stops it, and holds what it has written against what it must have: every number once, and every pair of them. */
  async endsExact(): Promise<void> {
    await this.goesOn();
    await this.cluster.client.stop('counting', false);
    await eventually(
      async () => (await this.cluster.client.job('counting').catch(() => undefined))?.endedAt !== undefined,
    );
    assert.equal((await this.cluster.client.result('counting')).state, 'stopped');
    const lines = readFileSync(join(this.folder, 'out', 'counting.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const found = lines.map((line) => JSON.parse(line) as { readonly rule: string; readonly n: number });
    const of = (wanted: string) => found.filter(({ rule }) => rule === wanted).map(({ n }) => n);
    const every = of('every').sort((a, b) => a - b);
    assert.deepEqual(
      every.filter((n, i) => n !== i),
      [],
      'every number is there, and once',
    );
    const pairs = of('pairs').sort((a, b) => a - b);
    assert.ok(pairs.length > 0 && pairs.length <= every.length / 2 + KEYS);
    assert.deepEqual(
      pairs.filter((n, i) => n !== pairOf(i)),
      [],
      'every pair is there, and once',
    );
  }
}

function runs({ run }: JobDetails): boolean {
  return run?.tasks.every(({ states }) => Object.keys(states).every((state) => state === 'running')) === true;
}

/** The number that completes pair i: of 14 numbers in a row the last 7 do. */
function pairOf(i: number): number {
  return Math.floor(i / KEYS) * 2 * KEYS + KEYS + (i % KEYS);
}
