/** Files that are followed by a glob, and come, grow, are renamed, copied and removed meanwhile. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Source, SourceReader, SourceSplit, SplitEnumerator } from '../../src/api/index.js';
import { file } from '../../src/file/index.js';
import { raw } from '../../src/formats/index.js';
import { configured } from '../support/configured.js';
import { createContext, type TestContext } from '../support/context.js';
import { createFormat } from '../support/formats.js';

const PATIENCE_MS = 15_000;

/** An ingress that follows `*.log` as the platform has it: splits that are new are read, and a checkpoint keeps all. */
class Ingress {
  readonly lines: string[] = [];
  readonly #source: Source;
  #enumerator: SplitEnumerator;
  #reader: SourceReader;
  /** Those that have ended where they ended, others as they were found. */
  #splits = new Map<string, SourceSplit>();
  readonly #ended = new Set<string>();

  constructor(readonly context: TestContext) {
    const options = configured<Record<string, unknown>>(file.source!.options, {
      path: ['*.log'],
      follow: true,
      pollInterval: 1,
    });
    this.#source = file.source!.createSource(options, createFormat(raw), context);
    this.#enumerator = this.#source.createEnumerator([]);
    this.#reader = this.#source.createReader();
  }

  get splits(): string[] {
    return [...this.#splits.keys()];
  }

  async look(): Promise<void> {
    for (const split of await this.#enumerator.discover()) {
      if (this.#splits.has(split.id)) continue;
      this.#splits.set(split.id, split);
      this.#reader.addSplits([split]);
    }
  }

  /** Looks and reads until it has so many lines in all. */
  async read(count: number): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (this.lines.length < count && Date.now() < end) {
      await this.look();
      this.poll();
      await Promise.race([sleep(1), this.context.failed]);
    }
    assert.ok(this.lines.length >= count, `${this.lines.length} of ${count} lines were read: ${this.splits.join()}`);
  }

  /** Gives time for what must not come. */
  async wait(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      await this.look();
      this.poll();
      await Promise.race([sleep(2), this.context.failed]);
    }
  }

  poll(most = Infinity): void {
    for (let i = 0; i < most; i++) {
      const result = this.#reader.poll(300);
      if (result.kind === 'empty') return;
      assert.notEqual(result.kind, 'end', 'it never ends');
      if (result.kind === 'batch') this.lines.push(...result.batch.payloads.map((payload) => String(payload).trim()));
      if (result.kind !== 'split-end') continue;
      this.#ended.add(result.split);
      this.#splits.set(result.split, result.at!);
    }
  }

  /** What the next one goes on from: JSON, as it comes out of a checkpoint. */
  async stop(): Promise<{ readonly open: readonly SourceSplit[]; readonly known: readonly SourceSplit[] }> {
    const open = this.#reader.snapshot(1);
    const known = this.splits.map((id) => open.find((split) => split.id === id) ?? this.#splits.get(id)!);
    await this.#reader.close();
    await this.#enumerator.close();
    return JSON.parse(JSON.stringify({ open, known })) as Awaited<ReturnType<Ingress['stop']>>;
  }

  async restart(while_: () => void | Promise<void> = () => undefined): Promise<void> {
    const { open, known } = await this.stop();
    await while_();
    this.#splits = new Map(known.map((split) => [split.id, split]));
    this.#enumerator = this.#source.createEnumerator(known);
    this.#reader = this.#source.createReader();
    this.#reader.addSplits(open);
  }
}

describe('files that a glob follows', function () {
  // Busy machines are slow.
  this.timeout(120_000);

  let context: TestContext;
  let ingress: Ingress;
  const written: string[] = [];
  beforeEach(() => {
    context = createContext();
    ingress = new Ingress(context);
    written.length = 0;
  });
  afterEach(async () => {
    await ingress.stop();
    await context.remove();
  });

  const at = (name: string): string => join(context.baseDir, name);
  /** Appends lines that nobody else has. */
  const write = (name: string, count = 1, length = 30): void => {
    for (let i = 0; i < count; i++) {
      const line = `${written.length}-${'x'.repeat(length)}`;
      written.push(line);
      appendFileSync(at(name), `${line}\n`);
    }
  };
  const readAll = (): Promise<void> => ingress.read(written.length);
  /** Every line was read, and once. */
  const check = async (): Promise<void> => {
    await readAll();
    await ingress.wait();
    const numbers = (lines: readonly string[]): number[] =>
      lines.map((line) => parseInt(line, 10)).sort((a, b) => a - b);
    const read = numbers(ingress.lines);
    assert.deepEqual(
      {
        missing: numbers(written).filter((n) => !read.includes(n)),
        twice: read.filter((n, i) => read[i - 1] === n),
      },
      { missing: [], twice: [] },
    );
  };

  it('are found when they come, and read from their beginning', async () => {
    write('a.log');
    await readAll();
    write('b.log', 2);
    write('not.txt');
    written.pop();
    await check();
    assert.deepEqual(ingress.splits, ['a.log', 'b.log']);
  });

  it('must be some at a start from the beginning, and may all be gone later', async () => {
    await assert.rejects(ingress.look(), { code: 'not-found' });
    write('a.log');
    await readAll();
    await ingress.restart(() => rmSync(at('a.log')));
    await ingress.look();
    write('b.log');
    await check();
  });

  const changes: readonly [what: string, change: () => void, splits: readonly string[]][] = [
    ['appended to', () => write('a.log'), ['a.log', 'b.log']],
    [
      'renamed to what the glob matches',
      () => {
        renameSync(at('a.log'), at('c.log'));
        write('c.log');
      },
      ['a.log', 'b.log'],
    ],
    [
      'rotated to what the glob does not match',
      () => {
        write('a.log');
        renameSync(at('a.log'), at('a.log.1'));
        write('a.log');
      },
      ['a.log', 'b.log', 'a.log#2'],
    ],
    [
      'rotated to what the glob matches, with others before it',
      () => {
        renameSync(at('b.log'), at('c.log'));
        renameSync(at('a.log'), at('b.log'));
        write('b.log');
        write('a.log');
      },
      ['a.log', 'b.log', 'a.log#2'],
    ],
    [
      'removed, and made anew',
      () => {
        rmSync(at('a.log'));
        write('a.log');
      },
      ['a.log', 'b.log', 'a.log#2'],
    ],
    ['removed', () => rmSync(at('a.log')), ['a.log', 'b.log']],
    [
      'replaced by a copy, as rsync does, that has more',
      () => {
        copyFileSync(at('a.log'), at('.a.log.tmp'));
        renameSync(at('.a.log.tmp'), at('a.log'));
        write('a.log');
      },
      ['a.log', 'b.log'],
    ],
    [
      'truncated',
      () => {
        writeFileSync(at('a.log'), '');
        write('a.log');
      },
      ['a.log', 'b.log'],
    ],
  ];
  for (const [what, change, splits] of changes) {
    it(`are read once when one is ${what}`, async () => {
      write('a.log', 20, 300);
      write('b.log', 20, 300);
      await readAll();
      change();
      await check();
      assert.deepEqual(ingress.splits, splits);
      await ingress.restart();
      await ingress.wait();
      assert.deepEqual(ingress.splits, splits, 'the same after a restart');
      await check();
    });

    it(`are read once when one was ${what} while nobody read`, async () => {
      write('a.log', 20, 300);
      write('b.log', 20, 300);
      await readAll();
      await ingress.restart(change);
      await check();
      assert.deepEqual(ingress.splits, splits);
    });
  }

  it('are read once, and short ones too, when the folder was copied to another machine', async () => {
    write('a.log', 2);
    write('b.log', 30, 300);
    await readAll();
    await ingress.restart(() => {
      for (const name of ['a.log', 'b.log']) {
        const content = readFileSync(at(name));
        rmSync(at(name));
        writeFileSync(at(`.${name}`), content);
        renameSync(at(`.${name}`), at(name));
        write(name);
      }
    });
    await check();
    assert.deepEqual(ingress.splits, ['a.log', 'b.log']);
  });

  it('are read once where a copy got the inode of another file that was removed', async () => {
    write('b.log', 2);
    write('a.log', 20, 300);
    await readAll();
    await ingress.restart(() => {
      for (const name of ['b.log', 'a.log']) {
        copyFileSync(at(name), at('.copy'));
        renameSync(at('.copy'), at(name));
        write(name);
      }
    });
    await check();
    assert.deepEqual(ingress.splits, ['b.log', 'a.log'].sort());
  });

  it('are all read that were rotated away one after the other while nobody read', async () => {
    write('a.log', 2);
    await readAll();
    await ingress.restart(async () => {
      for (const number of [1, 2, 3]) {
        for (let i = number; i > 1; i--)
          if (existsSync(at(`a.log.${i - 1}`))) renameSync(at(`a.log.${i - 1}`), at(`a.log.${i}`));
        renameSync(at('a.log'), at('a.log.1'));
        await sleep(20);
        write('a.log', 2);
      }
    });
    await check();
    assert.equal(ingress.splits.length, 4);
  });

  it('say that one is gone with lines that nobody has read', async () => {
    write('a.log', 20, 300);
    await ingress.look();
    while (ingress.lines.length === 0) {
      ingress.poll(1);
      await sleep(1);
    }
    await ingress.restart(() => rmSync(at('a.log')));
    await assert.rejects(context.failed, {
      code: 'corrupt',
      message: /a\.log was replaced, and the file that was read/,
    });
  });

  it('say that one that must be read was compressed', async () => {
    write('a.log', 20, 300);
    await readAll();
    await ingress.restart(async () => {
      renameSync(at('a.log'), at('a.log.2'));
      await sleep(20);
      writeFileSync(at('a.log.1.gz'), gzipSync('lost\n'));
      await sleep(20);
      write('a.log');
    });
    await assert.rejects(ingress.look(), {
      code: 'corrupt',
      message: /a\.log\.1\.gz, which nobody has read, is compressed/,
    });
  });

  it('are read once, whatever happens to them, and however often reading stops meanwhile', async () => {
    const name = fc.constantFrom('a.log', 'b.log', 'c.log');
    const change = fc.record({
      kind: fc.constantFrom('append', 'append', 'append', 'rotate', 'rotate', 'shift', 'remove', 'copy', 'none'),
      name,
    });
    const step = fc.record({ change, while: fc.constantFrom('reading', 'reading', 'stopped') });
    let rotated = 0;
    const make = ({ kind, name }: { readonly kind: string; readonly name: string }): void => {
      const is = existsSync(at(name));
      if (kind === 'append') write(name, 2, 300);
      else if (kind === 'remove') rmSync(at(name), { force: true });
      else if (kind === 'rotate') {
        if (is) renameSync(at(name), at(`${name}.${++rotated}`));
        write(name, 15, 300);
      } else if (kind === 'shift') {
        if (existsSync(at('b.log'))) renameSync(at('b.log'), at('c.log'));
        if (existsSync(at('a.log'))) renameSync(at('a.log'), at('b.log'));
        write('a.log', 15, 300);
      } else if (kind === 'copy' && is && statSync(at(name)).size > 4096) {
        copyFileSync(at(name), at(`.${name}`));
        renameSync(at(`.${name}`), at(name));
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await ingress.stop();
        await context.remove();
        context = createContext();
        ingress = new Ingress(context);
        written.length = 0;
        for (const each of ['a.log', 'b.log', 'c.log']) write(each, 15, 300);
        await ingress.read(1);
        for (const { change, while: when } of steps) {
          // What is removed is lost to whoever has not read it.
          if (change.kind === 'shift' || change.kind === 'remove') await readAll();
          const isMade = !existsSync(at(change.name));
          if (when === 'stopped') await ingress.restart(() => make(change));
          else make(change);
          // What is made and renamed between two looks was never seen under its name.
          if (isMade || (change.kind !== 'append' && change.kind !== 'none')) {
            await readAll();
            await ingress.wait();
          }
        }
        await check();
        assert.deepEqual(context.failures, []);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 10), endOnFailure: true },
    );
  });
});
