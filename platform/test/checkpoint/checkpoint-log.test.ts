/** The argument in the header of checkpoint-log.ts, case by case. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CheckpointLog, type AppendOutcome } from '../../src/checkpoint/checkpoint-log.js';
import { StorageRequests } from '../../src/checkpoint/storage-requests.js';
import { ManualPort, MemoryFiles } from './memory-storage.js';

class Writer {
  readonly port: ManualPort;
  readonly log: CheckpointLog;
  readonly outcomes: AppendOutcome['kind'][] = [];

  constructor(disk: MemoryFiles) {
    this.port = new ManualPort(disk);
    this.log = new CheckpointLog(new StorageRequests(this.port, this.port));
  }

  static at(disk: MemoryFiles): Writer {
    const writer = new Writer(disk);
    writer.log.read(() => {});
    writer.port.drain();
    return writer;
  }

  append(text: string): void {
    this.log.append(
      () => Buffer.from(text),
      ({ kind }) => this.outcomes.push(kind),
    );
  }

  write(text: string): AppendOutcome['kind'] | undefined {
    this.append(text);
    this.port.drain();
    return this.outcomes.at(-1);
  }
}

const contents = ({ files }: MemoryFiles) =>
  [...files].map(([name, bytes]) => `${name}=${Buffer.from(bytes).toString()}`);

describe('the checkpoint log', () => {
  it('is a sequence of numbered files', () => {
    const disk = new MemoryFiles();
    const writer = Writer.at(disk);
    assert.equal(writer.write('a'), 'appended');
    assert.equal(writer.write('b'), 'appended');
    assert.deepEqual(contents(disk), ['log/0000000001=a', 'log/0000000002=b']);
    assert.equal(Writer.at(disk).write('c'), 'appended');
    assert.equal(contents(disk).at(-1), 'log/0000000003=c');
  });

  it('writes each entry once, also those that are appended as another is told to be there', () => {
    const disk = new MemoryFiles();
    const writer = Writer.at(disk);
    let written = 0;
    const encoded: string[] = [];
    const append = (text: string, then: () => void): void =>
      writer.log.append(
        () => {
          encoded.push(text);
          return Buffer.from(text);
        },
        ({ kind }) => {
          assert.equal(kind, 'appended');
          written++;
          then();
        },
      );
    append('a', () => {
      append('b', () => append('c', () => undefined));
      append('d', () => undefined);
    });
    writer.port.drain();
    assert.deepEqual([written, encoded], [4, ['a', 'b', 'd', 'c']]);
    assert.deepEqual(
      contents(disk).map((entry) => entry.slice(-1)),
      ['a', 'b', 'd', 'c'],
    );
  });

  it('2a: a late write that lands before the fence is read by whoever writes the fence', () => {
    const disk = new MemoryFiles();
    const old = Writer.at(disk);
    const young = Writer.at(disk);
    assert.equal(old.write('checkpoint'), 'appended');
    assert.equal(young.write('fence'), 'fenced');
    let seen: string[] = [];
    young.log.read((entries) => (seen = [...entries.values()].map((bytes) => Buffer.from(bytes).toString())));
    young.port.drain();
    assert.deepEqual(seen, ['checkpoint']);
    assert.equal(young.write('fence'), 'appended');
  });

  it('2b: a write that lands after the fence fails', () => {
    const disk = new MemoryFiles();
    const old = Writer.at(disk);
    old.append('checkpoint');
    assert.equal(Writer.at(disk).write('fence'), 'appended');
    old.port.drain();
    assert.deepEqual(old.outcomes, ['fenced']);
    assert.deepEqual(contents(disk), ['log/0000000001=fence']);
  });

  it('2c: a write into a gap is found out by its writer, who touches nothing more', () => {
    const disk = new MemoryFiles();
    const old = Writer.at(disk);
    old.append('checkpoint');
    const young = Writer.at(disk);
    young.write('fence');
    young.write('checkpoint of the young');
    young.log.delete([1], () => {});
    young.port.drain();
    old.port.drain();
    assert.deepEqual(old.outcomes, ['fenced']);
    assert.deepEqual(contents(disk), ['log/0000000002=checkpoint of the young', 'log/0000000001=checkpoint']);
    assert.equal(old.write('again'), 'fenced');
    assert.equal(disk.files.size, 2);
  });

  it('tells an entry that became the base of another attempt before it was confirmed as fenced', () => {
    const disk = new MemoryFiles();
    const old = Writer.at(disk);
    old.append('checkpoint');
    old.port.next();
    assert.equal(Writer.at(disk).write('fence'), 'appended');
    old.port.drain();
    assert.deepEqual(old.outcomes, ['fenced']);
    assert.deepEqual(contents(disk), ['log/0000000001=checkpoint', 'log/0000000002=fence']);
  });

  it('asks again after a failure whose outcome is unknown, and knows its own entry', () => {
    for (const isDone of [true, false]) {
      const disk = new MemoryFiles();
      const writer = Writer.at(disk);
      writer.append('a');
      writer.port.next({ code: 'io', isDone });
      assert.deepEqual(writer.outcomes, []);
      writer.port.pass(10_000);
      assert.deepEqual(writer.outcomes, ['appended']);
      assert.deepEqual(contents(disk), ['log/0000000001=a']);
    }
  });

  it('does not take a full disk for an answer about a try before', () => {
    const disk = new MemoryFiles();
    const writer = Writer.at(disk);
    writer.append('a');
    writer.port.next({ code: 'io', isDone: true });
    writer.port.pass(100, 'no answers');
    writer.port.next({ code: 'full' });
    assert.deepEqual(writer.outcomes, []);
    writer.port.pass(1000);
    assert.deepEqual(writer.outcomes, ['appended']);
    writer.append('b');
    writer.port.next({ code: 'full' });
    assert.deepEqual(writer.outcomes, ['appended', 'full']);
    assert.equal(writer.write('c'), 'appended');
    assert.deepEqual(contents(disk), ['log/0000000001=a', 'log/0000000002=c']);
  });

  it('appends one after the other: what comes later knows the outcome of what came before', () => {
    const disk = new MemoryFiles();
    const writer = Writer.at(disk);
    writer.append('a');
    writer.log.append(
      () => Buffer.from(`after ${writer.outcomes.join()}`),
      ({ kind }) => writer.outcomes.push(kind),
    );
    writer.port.drain();
    assert.deepEqual(contents(disk), ['log/0000000001=a', 'log/0000000002=after appended']);
  });

  it('reads again when an entry is deleted while it reads', () => {
    const disk = new MemoryFiles();
    const writer = Writer.at(disk);
    for (const text of ['a', 'b', 'c']) writer.write(text);
    const reader = new Writer(disk);
    let positions: number[] = [];
    reader.log.read((entries) => (positions = [...entries.keys()]));
    reader.port.next();
    disk.files.delete('log/0000000001');
    reader.port.drain();
    assert.deepEqual(positions, [2, 3]);
  });

  it('has one sequence of entries for all writers, whoever pauses where', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ who: fc.nat(2), fails: fc.nat(9) }), { maxLength: 80 }), (steps) => {
        const disk = new MemoryFiles();
        const writers = [0, 1, 2].map(() => Writer.at(disk));
        /** By position: what its writer was told to be there. */
        const appended = new Map<number, string>();
        let texts = 0;
        for (const { who, fails } of steps) {
          const writer = writers[who]!;
          const { port } = writer;
          if (port.waiting.length > 0) {
            port.next(fails === 0 ? { code: 'io', isDone: true } : fails === 1 ? { code: 'io' } : undefined);
          } else if (writer.outcomes.at(-1) === 'fenced') {
            writer.outcomes.length = 0;
            writer.log.read(() => {});
          } else if (fails === 2) port.pass(200);
          else {
            const text = `${texts++}`;
            writer.log.append(
              () => Buffer.from(text),
              (outcome) => {
                writer.outcomes.push(outcome.kind);
                if (outcome.kind !== 'appended') return;
                const { position } = outcome.reference;
                assert.equal(appended.get(position), undefined, `position ${position} was given once`);
                appended.set(position, text);
                const kept = outcome.positions.filter((other) => other < position);
                writer.log.delete(kept, () => {});
              },
            );
          }
        }
        const top = Math.max(0, ...[...disk.files.keys()].map((name) => Number(name.slice(4))));
        for (const position of appended.keys()) assert.ok(position <= top, 'the highest entry is never deleted');
      }),
    );
  });
});
