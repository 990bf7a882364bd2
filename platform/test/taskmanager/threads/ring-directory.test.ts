import assert from 'node:assert/strict';
import { buildJobGraph } from '../../../src/job/job-graph.js';
import type { AttemptId } from '../../../src/rpc/task-execution.js';
import { RingDirectory } from '../../../src/taskmanager/threads/ring-directory.js';
import { planned } from '../harness.js';
import { ruleApplication } from '../rule-case.js';

const RULES = `
  pair: { from: in, key: k, pattern: { within: 1h, steps: [{ begin: a }, { followedBy: b }] }, to: out }`;

function jobOf(parallelism: number) {
  const graph = planned(ruleApplication(RULES));
  return buildJobGraph({ ...graph, settings: { ...graph.settings, parallelism } });
}

const job = jobOf(2);
const PATTERN = job.vertices.find(({ id }) => id.startsWith('patterns.'))!.id;
const attempt = (task: string, subtask: number, number = 1): AttemptId => {
  return { epoch: 5000, attempt: number, task, subtask };
};

describe('the rings between slots', () => {
  it('lead to and from other slots alone, and both their tasks have the same one', () => {
    const rings = new RingDirectory(job, 1 << 26);
    const source = rings.ends(attempt('ingresses.in', 0)).filter(({ channel }) => channel.includes(PATTERN));
    const pattern = rings.ends(attempt(PATTERN, 1)).filter(({ channel }) => channel.startsWith('ingresses.in'));
    assert.deepEqual(
      source.map(({ channel }) => channel.split('#')[1]),
      ['0>1'],
    );
    assert.deepEqual(
      pattern.map(({ channel }) => channel.split('#')[1]),
      ['0>1'],
    );
    assert.equal(source[0]!.memory, pattern[0]!.memory);
    assert.equal(source[0]!.peer, rings.bell(1));
    assert.equal(pattern[0]!.peer, rings.bell(0));
  });

  it('are of one attempt: the next has others', () => {
    const rings = new RingDirectory(job, 1 << 26);
    const [first] = rings.ends(attempt(PATTERN, 1));
    rings.release(attempt(PATTERN, 1));
    const [second] = rings.ends(attempt(PATTERN, 1, 2));
    assert.equal(first!.channel, second!.channel);
    assert.notEqual(first!.memory, second!.memory);
  });

  it('are kept until both tasks have had them, and forgotten when both have ended', () => {
    const rings = new RingDirectory(job, 1 << 26);
    const ids = job.vertices.flatMap(({ id, parallelism }) =>
      Array.from({ length: parallelism }, (_, subtask) => attempt(id, subtask)),
    );
    const [left] = rings.ends(ids[0]!);
    rings.release(ids[0]!);
    const others = ids.slice(1);
    const given = others.flatMap((id) => rings.ends(id));
    assert.ok(given.some(({ memory }) => memory === left!.memory));
    for (const id of others) rings.release(id);
    assert.equal(rings.size, 0);
  });

  it('of an attempt whose other tasks never came are forgotten with the next attempt', () => {
    const rings = new RingDirectory(job, 1 << 26);
    rings.ends(attempt('ingresses.in', 0));
    rings.release(attempt('ingresses.in', 0));
    assert.ok(rings.size > 0);
    rings.ends(attempt('egresses.bad', 0, 2));
    rings.release(attempt('egresses.bad', 0, 2));
    rings.ends(attempt('egresses.out', 0, 3));
    assert.equal(rings.size, 1);
  });

  it('together take no more than their budget, and a job for which that is too little is refused', () => {
    const wide = jobOf(8);
    const ends = wide.vertices.flatMap(({ id, parallelism }) => {
      const rings = new RingDirectory(wide, 1 << 21);
      return Array.from({ length: parallelism }, (_, subtask) => ({ rings, ends: rings.ends(attempt(id, subtask)) }));
    });
    const capacity = ends[0]!.rings.capacity;
    const count = ends.reduce((sum, task) => sum + task.ends.length, 0) / 2;
    assert.ok(capacity * count <= 1 << 21 && capacity * count * 2 > 1 << 21, `${count} rings of ${capacity} bytes`);
    assert.throws(() => new RingDirectory(wide, 1 << 16), {
      code: 'TG408',
      message: /settings\.memory\.network is 64 KiB/,
    });
  });
});
