import assert from 'node:assert/strict';
import type { JobNotice } from '../../src/coordinator/job-events.js';
import { JobMetrics } from '../../src/coordinator/job-metrics.js';
import type { InstrumentName } from '../../src/metrics/instruments.js';
import type { Reading } from '../../src/metrics/reading.js';

const CAUSE = { code: 'TG431', message: 'lost', retriable: true };

class Measured {
  now = 0;
  readonly observed: Reading[] = [];
  readonly metrics = new JobMetrics(
    'j',
    () => this.now,
    (reading) => this.observed.push(reading),
  );

  hear(at: number, ...notices: JobNotice[]): void {
    this.now = at;
    for (const notice of notices) this.metrics.hear(notice);
  }

  value(name: InstrumentName): number | undefined {
    return [...this.metrics.readings()].find((reading) => reading.name === name)?.value;
  }
}

const attempt = (number: number): JobNotice => {
  return { kind: 'attempt', epoch: 1, attempt: number, checkpoint: undefined, timestamp: undefined };
};
const execution = (name: string, state: 'deploying' | 'running'): JobNotice => {
  return { kind: 'execution-state', attempt: name, state };
};
const ended = (outcome: 'completed' | 'aborted'): JobNotice => {
  const metrics = { alignmentMs: 40, syncMs: 1, asyncMs: 2, bytes: 10, inFlightBytes: 3 };
  const subtasks = new Map([
    ['1.1/a[0]', { ...metrics, acknowledgedAt: 1400, fullBytes: 100 }],
    ['1.1/b[0]', { ...metrics, alignmentMs: 250, acknowledgedAt: 1450, fullBytes: 20 }],
    ['1.1/c[0]', { declined: 'it was full' }],
  ]);
  const statistics = {
    checkpoint: 7,
    type: 'checkpoint',
    triggeredAt: 1000,
    durationMs: 500,
    outcome,
    subtasks,
  } as const;
  return { kind: 'checkpoint-ended', statistics };
};

describe('what a JobMaster is measured by', () => {
  it('counts restarts by attempts, and a recovery from its failure until all tasks run', () => {
    const job = new Measured();
    job.hear(0, attempt(1), execution('1.1/a[0]', 'deploying'), execution('1.1/a[0]', 'running'));
    assert.deepEqual([job.value('tidegate.job.restarts'), job.observed.length], [0, 0]);
    const restart = { kind: 'restart', cause: CAUSE, afterMs: 10, tasks: [] } as const;
    job.hear(1000, restart);
    job.hear(1200, restart, attempt(2), execution('1.2/a[0]', 'deploying'), execution('1.2/b[0]', 'deploying'));
    job.hear(1500, execution('1.2/a[0]', 'running'));
    assert.deepEqual(job.observed, []);
    job.hear(3500, execution('1.2/b[0]', 'running'));
    assert.deepEqual(job.observed, [{ name: 'tidegate.job.recovery.duration', value: 2.5, labels: { job: 'j' } }]);
    assert.equal(job.value('tidegate.job.restarts'), 1);
  });

  it('tells of the latest complete checkpoint how large it is, and how old; and counts those that failed', () => {
    const job = new Measured();
    assert.equal(job.value('tidegate.checkpoint.last.age'), undefined);
    const barrier = {
      checkpoint: 7,
      timestamp: 0,
      type: 'checkpoint',
      alignment: { mode: 'aligned' },
      then: 'continue',
    };
    job.hear(1000, { kind: 'checkpoint-triggered', barrier } as JobNotice);
    assert.equal(job.value('tidegate.checkpoint.in_progress'), 1);
    job.hear(1500, ended('completed'));
    job.hear(2000, ended('aborted'));
    const names = [
      'completed',
      'failed',
      'in_progress',
      'last.size',
      'last.full_size',
      'last.in_flight.size',
      'last.age',
    ];
    assert.deepEqual(
      names.map((name) => job.value(`tidegate.checkpoint.${name}` as InstrumentName)),
      [1, 1, 0, 20, 120, 6, 1],
    );
    const labels = { job: 'j' };
    assert.deepEqual(job.observed, [
      { name: 'tidegate.checkpoint.duration', value: 0.5, labels },
      { name: 'tidegate.checkpoint.alignment.duration', value: 0.25, labels },
    ]);
  });
});
