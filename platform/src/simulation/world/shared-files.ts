/**
 * A folder that all processes share, as a sink of files has it: on a disk that tears and loses what was not synced when a
 * process's machine dies.
 *
 * Invariants
 * - An operation happens at one instant between its being asked and its being answered, also when whoever asked is paused or
 *   dead by then.
 * - Of what a process wrote and did not sync any beginning may survive its death, the last write in part. What others wrote
 *   behind that keeps it. Names are durable at once: who relies on more is found by the connector's own disk that forgets.
 */
import { basename, dirname } from 'node:path';
import type { FileStatus, FileSystem, OpenFile, OpenMode } from '@tidegate/connectors/file';
import type { Kernel } from '../kernel/kernel.js';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { StorageWeather } from './durable-storage.js';

interface Unsynced {
  readonly by: SimulatedProcess;
  readonly position: number;
  readonly bytes: Buffer;
  /** The whole content without it. */
  readonly before: Buffer;
}

class Inode {
  content: Buffer = Buffer.alloc(0);
  unsynced: Unsynced[] = [];

  constructor(readonly id: number) {}

  put(bytes: Buffer, position: number): void {
    const grown = Buffer.alloc(Math.max(this.content.length, position + bytes.length));
    this.content.copy(grown);
    bytes.copy(grown, position);
    this.content = grown;
  }
}

const LATENCY_MS = { min: 0.05, max: 2 };
/** Of the deaths of processes, those that take the machine with them. */
const MACHINE_DIES = 0.5;
const SHORT_WRITE = 0.1;

export class SharedFiles {
  readonly #names = new Map<string, Inode>();
  readonly #watched = new Map<SimulatedProcess, number>();
  #inodes = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly random: SeededRandom,
    /** Its disk errors are the storage's. */
    private readonly weather: StorageWeather,
  ) {}

  /** What an observer sees, at once. */
  read(path: string): string | undefined {
    return this.#names.get(path)?.content.toString();
  }

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  of(process: SimulatedProcess): FileSystem {
    this.#watch(process);
    const ask = <T>(act: () => T): Promise<T> => this.#ask(process, act);
    return {
      open: (path, mode) =>
        ask(() => {
          const inode = this.#open(path, mode);
          return new SharedFile(
            inode,
            mode === 'a' ? inode.content.length : 0,
            process,
            this.random,
            this.weather,
            ask,
          );
        }),
      status: (path) => ask(() => statusOf(this.#names.get(path))),
      list: (folder) =>
        ask(() =>
          this.paths()
            .filter((path) => dirname(path) === folder)
            .map((path) => basename(path)),
        ),
      rename: (from, to) =>
        ask(() => {
          this.#names.set(to, this.#existing(from));
          this.#names.delete(from);
        }),
      remove: (path) => ask(() => void this.#names.delete(path)),
      makeFolder: () => ask(() => undefined),
      syncFolder: () => ask(() => undefined),
      followLink: (path) => ask(() => path),
    };
  }

  #ask<T>(from: SimulatedProcess, act: () => T): Promise<T> {
    const { incarnation } = from;
    return new Promise((resolve, reject) => {
      this.kernel.schedule(this.#latency(), () => {
        const outcome = this.#outcomeOf(act);
        this.kernel.schedule(this.#latency(), () => {
          if (from.incarnation !== incarnation) return;
          from.enter(() => ('error' in outcome ? reject(outcome.error) : resolve(outcome.value)));
        });
      });
    });
  }

  #outcomeOf<T>(act: () => T): { readonly value: T } | { readonly error: Error } {
    try {
      const fails = this.random.chance(this.weather.ioErrors);
      // Half of the failures come after the deed.
      if (fails && this.random.chance(0.5)) return { error: failure('EIO', 'i/o error') };
      const value = act();
      return fails ? { error: failure('EIO', 'i/o error') } : { value };
    } catch (error) {
      return { error: error as Error };
    }
  }

  #latency(): number {
    return this.random.between(LATENCY_MS.min, LATENCY_MS.max) * this.weather.slowness;
  }

  #open(path: string, mode: OpenMode): Inode {
    const there = this.#names.get(path);
    if (mode === 'r' || mode === 'r+') return this.#existing(path);
    if (mode === 'wx' && there !== undefined) throw failure('EEXIST', `${path} exists`);
    const inode = there ?? new Inode(this.#inodes++);
    this.#names.set(path, inode);
    if (mode === 'w' || mode === 'w+') inode.content = Buffer.alloc(0);
    return inode;
  }

  #existing(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw failure('ENOENT', `${path} is not there`);
    return inode;
  }

  #watch(process: SimulatedProcess): void {
    if (this.#watched.get(process) === process.incarnation) return;
    this.#watched.set(process, process.incarnation);
    process.atDeath(() => {
      if (this.random.chance(MACHINE_DIES))
        for (const inode of new Set(this.#names.values())) this.#tear(inode, process);
    });
  }

  /** The last of what the process wrote is lost, and of the first that is, a part is there. */
  #tear(inode: Inode, process: SimulatedProcess): void {
    const foreign = inode.unsynced.findLastIndex(({ by }) => by !== process);
    const own = inode.unsynced.slice(foreign + 1);
    const first = own[this.random.integer(0, own.length)];
    inode.unsynced = inode.unsynced.filter(({ by }) => by !== process);
    if (first === undefined) return;
    inode.content = first.before;
    inode.put(first.bytes.subarray(0, this.random.integer(0, first.bytes.length)), first.position);
  }
}

class SharedFile implements OpenFile {
  constructor(
    private readonly inode: Inode,
    private end: number,
    private readonly process: SimulatedProcess,
    private readonly random: SeededRandom,
    private readonly weather: StorageWeather,
    private readonly ask: <T>(act: () => T) => Promise<T>,
  ) {}

  read(into: Uint8Array, position: number): Promise<number> {
    return this.ask(() => this.inode.content.copy(into, 0, position, position + into.length));
  }

  write(bytes: Uint8Array, position?: number): Promise<number> {
    return this.ask(() => {
      if (this.weather.full) throw failure('ENOSPC', 'no space left on device');
      const isShort = bytes.length > 1 && this.random.chance(SHORT_WRITE);
      const taken = Buffer.from(bytes.subarray(0, isShort ? this.random.integer(1, bytes.length) : bytes.length));
      const at = position ?? this.end;
      this.inode.unsynced.push({ by: this.process, position: at, bytes: taken, before: this.inode.content });
      this.inode.put(taken, at);
      if (position === undefined) this.end = at + taken.length;
      return taken.length;
    });
  }

  truncate(bytes: number): Promise<void> {
    return this.ask(() => {
      const { inode } = this;
      inode.unsynced = [];
      inode.content = Buffer.concat([
        inode.content.subarray(0, bytes),
        Buffer.alloc(Math.max(0, bytes - inode.content.length)),
      ]);
    });
  }

  sync(): Promise<void> {
    return this.ask(() => {
      this.inode.unsynced = this.inode.unsynced.filter(({ by }) => by !== this.process);
    });
  }

  status(): Promise<FileStatus> {
    return this.ask(() => statusOf(this.inode)!);
  }

  async close(): Promise<void> {
    // Closing makes nothing durable.
  }
}

function statusOf(inode: Inode | undefined): FileStatus | undefined {
  return inode && { size: inode.content.length, identity: String(inode.id), isRegular: true, mode: 0o644 };
}

/** As Node has it. */
function failure(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}
