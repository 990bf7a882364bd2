import assert from 'node:assert/strict';
import type { JobNotice } from '../../src/coordinator/job-events.js';
import { JobTraces } from '../../src/coordinator/job-traces.js';
import { checkpointTrace } from '../../src/tracing/checkpoint-trace.js';
import type { Span } from '../../src/tracing/span.js';
import { TraceIds } from '../../src/tracing/trace-context.js';

class Traced {
  now = 0;
  readonly spans: Span[] = [];
  #dice = 0;
  readonly traces = new JobTraces('j', new TraceIds({ next: () => (++this.#dice % 997) / 997 }), {
    now: () => this.now,
    export: (spans) => this.spans.push(...spans),
    shown: (text) => text.replaceAll('hunter2', '***'),
  });

  hear(at: number, ...notices: JobNotice[]): void {
    this.now = at;
    for (const notice of notices) this.traces.hear(notice);
  }

  /** As a tree: name, from, to; the parts below. */
  tree(parent?: string): unknown[] {
    return this.spans
      .filter((span) => span.parent === parent)
      .map(({ name, startMs, endMs, context }) => [name, startMs, endMs, ...this.tree(context.spanId)]);
  }
}

const execution = (attempt: string, state: 'canceled' | 'deploying' | 'initializing' | 'running'): JobNotice => {
  return { kind: 'execution-state', attempt, state };
};
const began = (attempt: number): JobNotice => {
  return { kind: 'attempt', epoch: 1, attempt, checkpoint: attempt === 1 ? undefined : 6, timestamp: undefined };
};

describe('the traces of a job', () => {
  it('show of a checkpoint what each task spent its time with, and how long it took to note it', () => {
    const job = new Traced();
    const report = { alignmentMs: 40, syncMs: 5, asyncMs: 20, bytes: 10, inFlightBytes: 3, fullBytes: 100 };
    const subtasks = new Map([
      ['1.1/a[0]', { ...report, alignmentMs: 0, acknowledgedAt: 1100 }],
      ['1.1/b[0]', { ...report, acknowledgedAt: 1200 }],
    ]);
    const statistics = {
      checkpoint: 7,
      type: 'checkpoint',
      outcome: 'completed',
      triggeredAt: 1000,
      durationMs: 250,
    } as const;
    job.hear(1250, { kind: 'checkpoint-ended', statistics: { ...statistics, subtasks } });
    assert.deepEqual(job.tree(), [
      [
        ...['checkpoint', 1000, 1250],
        ['task', 1075, 1100, ['alignment', 1075, 1075], ['snapshot', 1075, 1080], ['upload', 1080, 1100]],
        ['task', 1135, 1200, ['alignment', 1135, 1175], ['snapshot', 1175, 1180], ['upload', 1180, 1200]],
        ['complete', 1200, 1250],
      ],
    ]);
    const { traceId } = checkpointTrace('j', { checkpoint: 7, timestamp: 1000 });
    assert.deepEqual(new Set(job.spans.map(({ context }) => context.traceId)), new Set([traceId]));
    assert.equal(new Set(job.spans.map(({ context }) => context.spanId)).size, job.spans.length);
  });

  it('say why a checkpoint was given up, without secrets', () => {
    const job = new Traced();
    const statistics = {
      checkpoint: 7,
      type: 'checkpoint',
      outcome: 'aborted',
      triggeredAt: 1000,
      durationMs: 250,
    } as const;
    const subtasks = new Map([['1.1/a[0]', { declined: 'no disk' }]]);
    job.hear(1250, { kind: 'checkpoint-ended', statistics: { ...statistics, reason: 'no hunter2', subtasks } });
    assert.deepEqual(
      job.spans.map(({ name, failure }) => [name, failure]),
      [['checkpoint', 'no ***']],
    );
  });

  it('show of a recovery what it waited for, from the failure until all tasks run', () => {
    const job = new Traced();
    job.hear(0, began(1), execution('1.1/a[0]', 'deploying'), execution('1.1/a[0]', 'running'));
    assert.equal(job.spans.length, 0);
    const cause = { code: 'TG431', message: 'w lost hunter2', retriable: true };
    job.hear(1000, { kind: 'restart', cause, afterMs: 100, tasks: [] });
    job.hear(1050, execution('1.1/a[0]', 'canceled'));
    job.hear(1200, began(2));
    job.hear(1300, execution('1.2/a[0]', 'deploying'), execution('1.2/b[0]', 'deploying'));
    job.hear(1400, execution('1.2/a[0]', 'initializing'), execution('1.2/a[0]', 'running'));
    job.hear(1600, execution('1.2/b[0]', 'running'));
    assert.deepEqual(job.tree(), [
      [
        ...['recovery', 1000, 1600],
        ['cancel', 1000, 1050],
        ['wait', 1050, 1200],
        ['deploy', 1200, 1300],
        ['restore', 1300, 1600],
      ],
    ]);
    assert.deepEqual(job.spans.find(({ name }) => name === 'recovery')?.attributes, {
      'tidegate.job': 'j',
      'tidegate.attempt': 2,
      'tidegate.failure.code': 'TG431',
      'tidegate.failure.message': 'w lost ***',
      'tidegate.checkpoint': 6,
    });
  });

  it('make one trace of a recovery that fails and is begun anew', () => {
    const job = new Traced();
    const cause = { code: 'TG431', message: 'lost', retriable: true };
    const restart = { kind: 'restart', cause, afterMs: 0, tasks: [] } as const;
    job.hear(1000, restart);
    job.hear(1100, began(2), execution('1.2/a[0]', 'deploying'));
    job.hear(1200, restart, execution('1.2/a[0]', 'canceled'));
    job.hear(1300, began(3), execution('1.3/a[0]', 'deploying'));
    job.hear(1500, execution('1.3/a[0]', 'running'));
    assert.deepEqual(job.tree(), [
      [
        ...['recovery', 1000, 1500],
        ['cancel', 1000, 1200],
        ['wait', 1200, 1300],
        ['deploy', 1300, 1300],
        ['restore', 1300, 1500],
      ],
    ]);
  });

  it('begin, of a recovery from a loss, with the time until it was known', () => {
    const job = new Traced();
    const lost = { code: 'TG431', message: 'lost', retriable: true };
    job.hear(1000, { kind: 'restart', cause: lost, afterMs: 0, tasks: [], silentMs: 300 });
    job.hear(1200, began(2), execution('1.2/a[0]', 'deploying'), execution('1.2/a[0]', 'running'));
    assert.deepEqual(job.tree(), [
      [
        ...['recovery', 700, 1200],
        ['detect', 700, 1000],
        ['cancel', 1000, 1000],
        ['wait', 1000, 1200],
        ['deploy', 1200, 1200],
        ['restore', 1200, 1200],
      ],
    ]);
  });

  const later: readonly (readonly [what: string, silentMs: number, begins: number])[] = [
    ['of which nothing was heard since before that', 500, 700],
    ['that was heard of since', 100, 1000],
  ];
  for (const [what, silentMs, begins] of later)
    it(`begin, where a task failed and then a worker is lost ${what}, at ${begins}`, () => {
      const job = new Traced();
      const broken = { code: 'TG432', message: 'cut', retriable: true };
      const lost = { code: 'TG431', message: 'lost', retriable: true };
      job.hear(1000, { kind: 'restart', cause: broken, afterMs: 0, tasks: [] });
      job.hear(1200, { kind: 'restart', cause: lost, afterMs: 0, tasks: [], silentMs });
      job.hear(1300, began(2), execution('1.2/a[0]', 'deploying'), execution('1.2/a[0]', 'running'));
      const [recovery] = job.tree() as [readonly [string, number, number, ...(readonly unknown[])[]]];
      const [name, from, to, ...parts] = recovery;
      assert.deepEqual([name, from, to], ['recovery', begins, 1300]);
      const detect = parts.filter(([part]) => part === 'detect');
      assert.deepEqual(detect, begins === 1000 ? [] : [['detect', begins, 1000]]);
    });
});
