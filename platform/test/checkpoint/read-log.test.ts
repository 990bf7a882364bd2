import assert from 'node:assert/strict';
import { wrap } from '../../src/checkpoint/bytes-envelope.js';
import { encodeEntry, referenceTo, type EntryContent, type EntryReference } from '../../src/checkpoint/log-entry.js';
import { readLog, type StartFrom } from '../../src/checkpoint/read-log.js';
import { metadataWith } from './snapshots.js';

/** Writes entries as one leader after the other does. */
class Log {
  readonly entries = new Map<number, Uint8Array>();
  readonly state = new Set<string>();
  #retained: EntryReference[] = [];

  append(position: number, content: EntryContent, rewound = false, epoch = 1): this {
    if (content.kind === 'finished') this.#retained = [];
    const bytes = encodeEntry({ ...content, leader: 'l', epoch, attempt: 1, retained: this.#retained, rewound });
    this.entries.set(position, bytes);
    if (content.kind === 'checkpoint') this.#retained = [...this.#retained, referenceTo(position, bytes)];
    return this;
  }

  checkpoint(position: number, number: number, files: readonly string[] = []): this {
    for (const name of files) this.state.add(name);
    return this.append(position, { kind: 'checkpoint', metadata: metadataWith(number, files) });
  }

  fence(position: number, epoch = 1): this {
    return this.append(position, { kind: 'fence' }, false, epoch);
  }

  damage(position: number): this {
    const bytes = Buffer.from(this.entries.get(position)!);
    bytes[20]! ^= 1;
    this.entries.set(position, bytes);
    return this;
  }
}

function read(log: Log, from: StartFrom = 'latest') {
  const { retained, ...rest } = readLog(log, from);
  return { ...rest, retained: retained.map(({ metadata }) => metadata.checkpoint) };
}

describe('reading the checkpoint log', () => {
  it('an empty one starts from the beginning', () => {
    assert.deepEqual(read(new Log()), { retained: [], epoch: 0, checkpoint: 0, rewound: false, warnings: [] });
  });

  it('a fence goes on from the latest checkpoint below it', () => {
    const log = new Log().fence(1).checkpoint(2, 5).checkpoint(3, 7).fence(4, 2);
    assert.deepEqual(read(log), { retained: [5, 7], epoch: 2, checkpoint: 7, rewound: false, warnings: [] });
  });

  it('a checkpoint on top is the latest', () => {
    assert.deepEqual(read(new Log().fence(1).checkpoint(2, 5).checkpoint(3, 7)).retained, [5, 7]);
  });

  it('a job that has finished starts anew, and its numbers go on', () => {
    const log = new Log().fence(8).checkpoint(9, 5).append(10, { kind: 'finished', checkpoint: 6 });
    assert.deepEqual(read(log), { retained: [], epoch: 1, checkpoint: 6, rewound: false, warnings: [] });
  });

  it('what was written into a gap counts for nothing', () => {
    const stray = new Log().checkpoint(3, 9).entries;
    const log = new Log().checkpoint(7, 4).fence(8, 2);
    assert.deepEqual(readLog({ ...log, entries: new Map([...stray, ...log.entries]) }, 'latest').retained.length, 1);
  });

  const problems: [what: string, damage: (log: Log) => void, message: RegExp][] = [
    ['F51: a flipped bit in the latest checkpoint', (log) => log.damage(3), /log\/0000000003 is damaged/],
    ['F51: a flipped bit in the highest entry', (log) => log.damage(4), /log\/0000000004 is damaged/],
    [
      'F52: the latest checkpoint missing',
      (log) => log.entries.delete(3),
      /log\/0000000003, a completed checkpoint, is missing/,
    ],
    ['F52: an empty file', (log) => log.entries.set(3, new Uint8Array()), /log\/0000000003 is damaged/],
    ['F55: a shared file missing', (log) => log.state.delete('state/1/7/b'), /state\/1\/7\/b, a file of .* is missing/],
    [
      'another checkpoint in its place',
      (log) => log.entries.set(3, new Log().checkpoint(3, 8).entries.get(3)!),
      /log\/0000000003 is not the checkpoint that was completed there/,
    ],
  ];
  for (const [what, damage, message] of problems) {
    const damaged = () => {
      const log = new Log().fence(1).checkpoint(2, 5, ['state/1/5/a']).checkpoint(3, 7, ['state/1/7/b']).fence(4);
      damage(log);
      return log;
    };

    it(`${what} is refused, and it is said what may be done`, () => {
      assert.throws(() => read(damaged()), { code: 'TG421', message });
      assert.throws(() => read(damaged()), /allow a start from an older checkpoint, or from the beginning/);
    });

    it(`${what} leads to an older checkpoint where that is allowed, and it is said`, () => {
      const { warnings, rewound, retained } = read(damaged(), 'latest-whole');
      assert.match(warnings.join('\n'), message);
      // Where only the fence is damaged, the checkpoint below is whole; nobody knows whether it is the latest.
      assert.deepEqual(retained, what.includes('highest') ? [5, 7] : [5]);
      assert.equal(rewound, true);
    });

    it(`${what} does not keep a job from starting over on purpose`, () => {
      assert.deepEqual(read(damaged(), 'beginning').retained, []);
    });
  }

  it('never starts over when no checkpoint is whole', () => {
    const log = new Log().checkpoint(1, 5).checkpoint(2, 6).fence(3).damage(1).damage(2);
    assert.throws(() => read(log, 'latest-whole'), { code: 'TG421', message: /no checkpoint is whole/ });
  });

  it('an older checkpoint that is damaged is left behind, and keeps nobody from the latest', () => {
    const log = new Log().checkpoint(1, 5).checkpoint(2, 6).fence(3).damage(1);
    const { retained, rewound, warnings } = read(log);
    assert.deepEqual({ retained, rewound, warnings: warnings.length }, { retained: [6], rewound: false, warnings: 1 });
  });

  it('counts a damaged entry as one of another leader', () => {
    const log = new Log().checkpoint(1, 5).fence(2, 4).fence(3, 5).damage(3);
    assert.equal(read(log, 'latest-whole').epoch, 5);
  });

  it('F59: an entry of a newer version is refused, also where an older checkpoint is allowed', () => {
    const log = new Log().checkpoint(1, 5);
    log.entries.set(2, wrap(Buffer.from('?'), 2));
    for (const from of ['latest', 'latest-whole'] as const) assert.throws(() => read(log, from), { code: 'TG422' });
  });
});
