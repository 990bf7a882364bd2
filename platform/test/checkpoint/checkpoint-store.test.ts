import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { CheckpointLog } from '../../src/checkpoint/checkpoint-log.js';
import {
  CheckpointStore,
  type Recovery,
  type StoreOptions,
  type StoreOutcome,
} from '../../src/checkpoint/checkpoint-store.js';
import { decodeSavepoint } from '../../src/checkpoint/savepoint.js';
import { planName } from '../../src/checkpoint/storage-layout.js';
import { StorageRequests } from '../../src/checkpoint/storage-requests.js';
import { TidegateError } from '../../src/common/errors.js';
import { ManualPort, MemoryFiles } from './memory-storage.js';
import { file, metadataWith } from './snapshots.js';

const checkpointOf = (checkpoint: number) => ({ checkpoint, type: 'checkpoint' }) as const;

class Leader {
  readonly port: ManualPort;
  readonly store: CheckpointStore;
  recovery: Recovery | TidegateError | undefined;
  outcome: StoreOutcome | undefined;

  constructor(
    readonly disk: MemoryFiles,
    options: Partial<StoreOptions> = {},
  ) {
    this.port = new ManualPort(disk);
    const requests = new StorageRequests(this.port, this.port);
    const defaults = { leader: `leader`, retain: 1, startFrom: 'latest', mustExist: false } as const;
    this.store = new CheckpointStore(requests, new CheckpointLog(requests), { ...defaults, ...options });
  }

  recover(): this {
    this.store.recover((recovery) => (this.recovery = recovery));
    this.port.drain();
    return this;
  }

  fence(attempt = 1): this {
    this.store.fence(attempt, (outcome) => (this.outcome = outcome));
    this.port.drain();
    return this;
  }

  /** Completes a checkpoint with files, of which those in its own folder are written. */
  complete(checkpoint: number, files: readonly string[], type: 'checkpoint' | 'savepoint' = 'checkpoint'): this {
    this.store.begin(checkpoint, type);
    for (const name of files) this.disk.files.set(name, this.disk.files.get(name) ?? Buffer.from(name));
    assert.equal(this.store.hold({ checkpoint, type }, files.map(file)), undefined);
    this.store.add(metadataWith(checkpoint, files, { type }), (outcome) => (this.outcome = outcome));
    this.port.drain();
    return this;
  }

  files(): string[] {
    return [...this.disk.files.keys()].sort();
  }
}

function leader(disk = new MemoryFiles(), options: Partial<StoreOptions> = {}): Leader {
  return new Leader(disk, { leader: `leader-${disk.files.size}`, ...options }).recover().fence();
}

describe('the checkpoint store', () => {
  it('keeps as many checkpoints as it should, and deletes what only older ones needed', () => {
    const one = leader(undefined, { retain: 2 });
    one.complete(1, ['state/1/1/a', 'state/1/1/shared']).complete(2, ['state/1/1/shared', 'state/1/2/b']);
    assert.deepEqual(one.files(), [
      'log/0000000002',
      'log/0000000003',
      'state/1/1/a',
      'state/1/1/shared',
      'state/1/2/b',
    ]);
    one.complete(3, ['state/1/3/c']);
    assert.deepEqual(one.files(), [
      'log/0000000003',
      'log/0000000004',
      'state/1/1/shared',
      'state/1/2/b',
      'state/1/3/c',
    ]);
    one.complete(4, ['state/1/3/c']);
    assert.deepEqual(one.files(), ['log/0000000004', 'log/0000000005', 'state/1/3/c']);
  });

  it('deletes a file of a dropped checkpoint only after the log names it no more', () => {
    const one = leader().complete(1, ['state/1/1/a']);
    one.store.begin(2);
    one.store.add(metadataWith(2, []), () => {});
    const asked: string[] = [];
    while (one.port.waiting.length > 0) {
      const request = one.port.next();
      if (request.op === 'delete') asked.push(...request.names);
    }
    assert.deepEqual(asked, ['log/0000000002', 'state/1/1/a']);
  });

  it('goes on where the leader before stopped, in an epoch of its own', () => {
    const disk = new MemoryFiles();
    leader(disk).complete(1, ['state/1/1/a']).complete(4, ['state/1/1/a']);
    const next = new Leader(disk, { leader: 'next' }).recover();
    assert.deepEqual(next.recovery, { epoch: 2, nextCheckpoint: 5, warnings: [] });
    assert.equal(next.store.latest?.metadata.checkpoint, 4);
    assert.equal(next.store.rewound, false);
  });

  it('F15: an older leader cannot complete a checkpoint any more, and deletes nothing', () => {
    const disk = new MemoryFiles();
    const old = leader(disk).complete(1, ['state/1/1/a']);
    old.store.begin(2);
    old.store.add(metadataWith(2, []), (outcome) => (old.outcome = outcome));
    leader(disk);
    const before = old.files();
    old.port.drain();
    assert.deepEqual(old.outcome, { kind: 'fenced' });
    assert.deepEqual(old.files(), before);
  });

  it('F15: what an older leader completed before the fence is where the next one starts', () => {
    const disk = new MemoryFiles();
    const old = leader(disk).complete(1, []);
    const next = new Leader(disk, { leader: 'next' }).recover();
    old.complete(2, ['state/1/2/a']);
    assert.deepEqual(next.fence().outcome, { kind: 'fenced' });
    assert.equal(next.recover().fence().outcome?.kind, 'stored');
    assert.equal(next.store.latest?.metadata.checkpoint, 2);
    assert.ok(disk.files.has('state/1/2/a'));
  });

  it('reads again when a leader that is not dead yet drops what it reads of', () => {
    const disk = new MemoryFiles();
    const old = leader(disk).complete(1, ['state/1/1/a']);
    const next = new Leader(disk, { leader: 'next' });
    next.store.recover((recovery) => (next.recovery = recovery));
    while (next.port.waiting[0]?.request.op !== 'list' || next.port.waiting[0].request.prefix !== 'state/')
      next.port.next();
    old.complete(2, ['state/1/2/b']);
    next.port.drain();
    assert.deepEqual(next.recovery, { epoch: 2, nextCheckpoint: 3, warnings: [] });
  });

  it('F56: leaves nothing of checkpoints that were given up', () => {
    const one = leader();
    for (let checkpoint = 1; checkpoint <= 500; checkpoint++) {
      one.store.begin(checkpoint);
      for (const name of ['told', 'untold']) one.disk.files.set(`state/1/${checkpoint}/${name}`, Buffer.of(1));
      assert.equal(one.store.hold(checkpointOf(checkpoint), [file(`state/1/${checkpoint}/told`)]), undefined);
      one.store.abandon(checkpoint);
      one.port.drain();
    }
    one.complete(501, ['state/1/501/a']);
    assert.deepEqual(one.files(), ['log/0000000002', 'state/1/501/a']);
  });

  it('deletes what is told of a checkpoint too late', () => {
    const one = leader().complete(1, ['state/1/1/a']);
    one.disk.files.set('state/1/0/late', Buffer.of(1));
    one.store.discard([file('state/1/0/late'), file('state/1/1/a'), file('state/2/5/of-another-leader')]);
    one.port.drain();
    assert.ok(!one.disk.files.has('state/1/0/late'));
    assert.ok(one.disk.files.has('state/1/1/a'));
  });

  it('F55: refuses a snapshot that shares a file which has been dropped', () => {
    const one = leader().complete(1, ['state/1/1/a']).complete(2, []);
    one.store.begin(3);
    assert.equal(one.store.hold(checkpointOf(3), [file('state/1/3/new'), file('state/1/1/a')]), 'state/1/1/a');
  });

  const foreign: readonly (readonly [what: string, type: 'checkpoint' | 'savepoint', name: string])[] = [
    ['the log', 'checkpoint', 'log/0000000001'],
    ['what is of no checkpoint', 'checkpoint', 'registry/jobs/1'],
    ['the folder of another checkpoint', 'checkpoint', 'state/1/2/a'],
    ['the folder of another leader', 'checkpoint', 'state/2/3/a'],
    ['a folder that is no savepoint', 'checkpoint', 'savepoints/a'],
    ['a savepoint, into the folder of checkpoints', 'savepoint', 'state/1/3/a'],
    ['a savepoint, into what a checkpoint shares', 'savepoint', 'state/1/1/a'],
    ['a savepoint, into another one', 'savepoint', 'savepoints/2-1/a'],
  ];
  for (const [what, type, name] of foreign)
    it(`F93: refuses a snapshot that names a file in ${what}`, () => {
      const one = leader().complete(1, ['state/1/1/a']);
      one.store.begin(3, type);
      assert.equal(one.store.hold({ checkpoint: 3, type }, [file(name)]), name);
    });

  it('keeps a file that an acknowledgement of a pending checkpoint shares', () => {
    const one = leader().complete(1, ['state/1/1/a']);
    one.store.begin(2);
    one.store.begin(3);
    assert.equal(one.store.hold(checkpointOf(3), [file('state/1/1/a')]), undefined);
    one.store.add(metadataWith(2, []), () => {});
    one.port.drain();
    assert.ok(one.disk.files.has('state/1/1/a'));
    one.store.abandon(3);
    one.port.drain();
    assert.ok(!one.disk.files.has('state/1/1/a'));
  });

  const bases: [what: string, retain: number, completed: ('checkpoint' | 'savepoint')[], base: number | undefined][] = [
    ['nothing, where none is complete', 1, [], undefined],
    ['the latest checkpoint', 2, ['checkpoint', 'checkpoint'], 2],
    ['the checkpoint before a savepoint, while it is kept', 2, ['checkpoint', 'savepoint'], 1],
    ['the checkpoint before savepoints, however few are kept', 1, ['checkpoint', 'savepoint', 'savepoint'], 1],
    ['nothing, where there are only savepoints', 2, ['savepoint', 'savepoint'], undefined],
  ];
  for (const [what, retain, completed, base] of bases) {
    it(`has a checkpoint build on ${what}`, () => {
      const one = leader(undefined, { retain });
      completed.forEach((type, index) => one.complete(index + 1, [], type));
      assert.equal(one.store.begin(9, 'checkpoint'), base);
    });
  }

  it('has a savepoint build on nothing', () => {
    assert.equal(leader().complete(1, []).store.begin(2, 'savepoint'), undefined);
  });

  it('keeps the base of a pending checkpoint until that one has ended', () => {
    const one = leader().complete(1, ['state/1/1/a']);
    one.store.begin(2);
    one.store.begin(3);
    one.complete(4, []);
    assert.ok(one.disk.files.has('state/1/1/a'));
    one.store.abandon(2);
    one.port.drain();
    assert.ok(one.disk.files.has('state/1/1/a'));
    assert.equal(one.store.hold(checkpointOf(3), [file('state/1/1/a')]), undefined);
    one.store.abandon(3);
    one.port.drain();
    assert.ok(!one.disk.files.has('state/1/1/a'));
  });

  it('deletes the base with the checkpoint that was built on it and no longer needs it', () => {
    const one = leader().complete(1, ['state/1/1/a']);
    one.complete(2, ['state/1/2/b']);
    assert.deepEqual(one.files(), ['log/0000000003', 'state/1/2/b']);
  });

  it('keeps the checkpoint before a savepoint until the next checkpoint is complete', () => {
    const one = leader().complete(1, ['state/1/1/a']).complete(2, [], 'savepoint').complete(3, [], 'savepoint');
    assert.ok(one.disk.files.has('state/1/1/a'));
    assert.equal(one.store.latest?.metadata.checkpoint, 3);
    one.complete(4, ['state/1/4/b']);
    assert.deepEqual(
      one.files().filter((name) => name.startsWith('state/') || name.startsWith('log/')),
      ['log/0000000005', 'state/1/4/b'],
    );
  });

  it('a savepoint is whole in its folder, and is never deleted', () => {
    const one = leader().complete(1, ['savepoints/1-1/rules.a/0/f'], 'savepoint');
    assert.ok(one.disk.files.has('savepoints/1-1/_metadata'));
    one.complete(2, []).complete(3, []);
    one.fence(2);
    assert.deepEqual(
      one.files().filter((name) => name.startsWith('savepoints/')),
      ['savepoints/1-1/_metadata', 'savepoints/1-1/rules.a/0/f'],
    );
  });

  it('sweeps away what is left of a savepoint that was not completed', () => {
    const one = leader();
    one.disk.files.set('savepoints/1-1/rules.a/0/f', Buffer.of(1));
    one.store.begin(1);
    one.store.abandon(1);
    one.complete(2, []);
    assert.deepEqual(one.files(), ['log/0000000002']);
  });

  it('needs nothing any more when the job has finished', () => {
    const one = leader().complete(1, ['state/1/1/a']);
    one.store.finish(1, (outcome) => (one.outcome = outcome));
    one.port.drain();
    assert.deepEqual(one.outcome, { kind: 'stored' });
    assert.deepEqual(one.files(), ['log/0000000003']);
    assert.deepEqual(new Leader(one.disk).recover().recovery, { epoch: 2, nextCheckpoint: 2, warnings: [] });
  });

  const lost: [what: string, files: readonly string[], options: Partial<StoreOptions>][] = [
    ['there is state', ['state/1/1/a'], {}],
    ['the job is known to have run', [], { mustExist: true }],
  ];
  for (const [what, files, options] of lost) {
    it(`F18: does not start over silently when the log is gone, and ${what}`, () => {
      const disk = new MemoryFiles();
      for (const name of files) disk.files.set(name, Buffer.of(1));
      const { recovery } = new Leader(disk, options).recover();
      assert.ok(recovery instanceof TidegateError);
      assert.equal(recovery.code, 'TG430');
      const onPurpose = new Leader(disk, { ...options, startFrom: 'beginning' }).recover().fence();
      assert.deepEqual(onPurpose.files(), ['log/0000000001']);
    });
  }

  it('goes back one checkpoint when the latest proves to be damaged and that is allowed, and knows it later', () => {
    const disk = new MemoryFiles();
    const one = leader(disk, { retain: 2, startFrom: 'latest-whole' })
      .complete(1, ['state/1/1/a'])
      .complete(2, ['state/1/2/b']);
    assert.equal(one.store.giveUpLatest(), true);
    one.fence(2);
    assert.equal(one.store.latest?.metadata.checkpoint, 1);
    assert.equal(one.store.rewound, true);
    assert.deepEqual(one.files(), ['log/0000000002', 'log/0000000004', 'state/1/1/a']);
    assert.equal(one.store.giveUpLatest(), false, 'there is no older one');
    const next = new Leader(disk, { leader: 'next' }).recover();
    assert.equal(next.store.rewound, true);
    next.fence().complete(7, []);
    assert.equal(next.store.rewound, false);
    assert.equal(leader(disk).store.giveUpLatest(), false, 'it is not allowed');
  });

  it('deletes nothing of a checkpoint that was given up before the log says so, also in a sweep that is under way', () => {
    const one = leader(undefined, { retain: 2, startFrom: 'latest-whole' })
      .complete(1, ['state/1/1/a'])
      .complete(2, ['state/1/2/b']);
    one.store.fence(2, (outcome) => (one.outcome = outcome));
    const isSweeping = () => one.port.waiting[0]?.request.op === 'list' && one.outcome !== undefined;
    one.outcome = undefined;
    while (!isSweeping()) one.port.next();
    one.store.giveUpLatest();
    one.port.drain();
    assert.ok(one.disk.files.has('state/1/2/b'), 'the log still names it');
    one.fence(3);
    assert.deepEqual(one.files(), ['log/0000000002', 'log/0000000005', 'state/1/1/a']);
  });

  it('has every file that the log names, and no other, whatever is completed and given up', () => {
    const step = fc.record({
      shares: fc.boolean(),
      outcome: fc.constantFrom('complete', 'abandon', 'fence', 'takeover'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 3 }), (steps, retain) => {
        const disk = new MemoryFiles();
        let epoch = 1;
        let current = leader(disk, { retain, leader: 'leader-1' });
        /** Of the completed checkpoints, oldest first: their files. */
        const completed: string[][] = [];
        for (const [index, { shares, outcome }] of steps.entries()) {
          const own = `state/${epoch}/${index + 1}/own`;
          const files = [own, ...(shares ? (completed.at(-1) ?? []) : [])];
          if (outcome === 'complete') {
            completed.push(files);
            current.complete(index + 1, files);
          } else if (outcome === 'abandon') {
            disk.files.set(own, Buffer.of(1));
            current.store.begin(index + 1);
            current.store.hold(checkpointOf(index + 1), files.map(file));
            current.store.abandon(index + 1);
            current.port.drain();
          } else if (outcome === 'fence') current.fence(index);
          else {
            epoch++;
            current = leader(disk, { retain, leader: `leader-${epoch}` });
          }
          const needed = new Set(completed.slice(-retain).flat());
          const there = current.files().filter((name) => name.startsWith('state/'));
          assert.deepEqual(there, [...needed].sort());
        }
      }),
    );
  });
});

describe('the plan of a checkpoint', () => {
  const PLAN = Buffer.from('the plan');
  const planOf = (one: Leader) => one.store.latest?.metadata.plan;

  it('is there before an attempt begins, and named by what is taken under it', () => {
    const one = leader(undefined, { plan: PLAN });
    assert.deepEqual(one.disk.files.get(planName(1)), PLAN);
    one.complete(1, []);
    assert.deepEqual(planOf(one), { name: planName(1), bytes: PLAN.length, crc32: crc32(PLAN) });
  });

  it('is that of the checkpoint, not of a later run that completed none', () => {
    const { disk } = leader(undefined, { plan: PLAN }).complete(1, []);
    leader(disk, { plan: Buffer.from('edited') });
    const third = leader(disk, { plan: Buffer.from('edited again') });
    assert.equal(planOf(third)?.name, planName(1));
    assert.ok(disk.files.has(planName(1)) && disk.files.has(planName(3)));
    assert.ok(!disk.files.has(planName(2)), 'what no checkpoint names is swept away');
  });

  it('is deleted with the last checkpoint that names it', () => {
    const { disk } = leader(undefined, { plan: PLAN }).complete(1, []);
    const second = leader(disk, { plan: PLAN }).complete(2, []);
    assert.equal(planOf(second)?.name, planName(2));
    assert.ok(!disk.files.has(planName(1)));
  });

  it('lies in the folder of a savepoint', () => {
    const one = leader(undefined, { plan: PLAN });
    one.complete(1, [], 'savepoint');
    const savepoint = decodeSavepoint(one.disk.files.get('savepoints/1-1/_metadata')!, 'elsewhere/');
    assert.equal(savepoint.plan?.name, 'elsewhere/plan');
    assert.deepEqual(one.disk.files.get('savepoints/1-1/plan'), PLAN);
  });

  it('leaves nothing behind when the job has finished', () => {
    const one = leader(undefined, { plan: PLAN }).complete(1, []);
    one.store.finish(1, () => {});
    one.port.drain();
    assert.deepEqual(
      [...one.disk.files.keys()].filter((name) => name.startsWith('state/')),
      [],
    );
  });
});
