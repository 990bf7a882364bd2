import { readdir, readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ConnectorContext } from '../../../src/api/index.js';
import { FileSink } from '../../../src/file/sink/file-sink.js';
import { nodeFileSystem, type FileSystem } from '../../../src/disk/file-system.js';
import { parsePartName } from '../../../src/file/sink/part-name.js';
import { SimulatedDisk } from '../../support/simulated-disk.js';
import { itIsExactlyOnce } from './exactly-once-conformance.js';
import type { Life } from './life.js';
import { MortalFiles } from './mortal-files.js';
import type { World } from './sink-world.js';

const HEADER = 'lane:number:attempt';

/** The file sink in either form, on a disk of either kind. */
class FileWorld implements World {
  readonly #open = new Map<Life, MortalFiles>();

  constructor(
    readonly baseDir: string,
    readonly path: string,
    readonly disk: FileSystem,
    readonly paths: () => Promise<readonly string[]>,
    readonly read: (path: string) => Promise<string>,
  ) {}

  create(life: Life): FileSink {
    const files = new MortalFiles(this.disk, life);
    this.#open.set(life, files);
    const context: ConnectorContext = {
      job: 'test',
      name: 'alerts',
      baseDir: this.baseDir,
      stateDir: join(this.baseDir, 'state'),
      now: () => 0,
      schedule: (_ms, callback) => {
        const timer = setImmediate(callback);
        return () => clearImmediate(timer);
      },
      random: () => 0,
      fail: () => undefined,
    };
    return new FileSink({ path: this.path, suffix: '.csv' }, context, HEADER, files);
  }

  async processEnded(life: Life): Promise<void> {
    await this.#open.get(life)?.closeAll();
  }

  async visible(): Promise<readonly string[]> {
    const seen = (await this.paths()).filter((path) => this.#isOutput(path)).sort(byEpoch);
    const records: string[] = [];
    for (const path of seen) {
      const lines = (await this.read(path)).split('\n');
      if (lines.shift() !== HEADER || lines.pop() !== '') throw new Error(`${path} has no header, or a torn line`);
      records.push(...lines);
    }
    return records;
  }

  async leftovers(): Promise<readonly string[]> {
    const isMark = /\/state\/staged\/attempt-\d+$/;
    return (await this.paths()).filter((path) => !this.#isOutput(path) && !isMark.test(path));
  }

  #isOutput(path: string): boolean {
    const output = join(this.baseDir, this.path);
    return path === output || (path.startsWith(output) && !basename(path).startsWith('.'));
  }
}

function byEpoch(left: string, right: string): number {
  return (parsePartName(basename(left))?.epoch ?? 0) - (parsePartName(basename(right))?.epoch ?? 0);
}

async function onSimulatedDisk(path: string): Promise<World & { remove(): Promise<void> }> {
  const disk = new SimulatedDisk();
  const world = new FileWorld(
    '/job',
    path,
    disk,
    async () => disk.paths(),
    async (name) => disk.read(name) ?? '',
  );
  return Object.assign(world, {
    remove: async () => undefined,
    losePower: (seed: number) => {
      let state = seed >>> 0;
      disk.losePower(() => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32);
    },
  });
}

async function onRealDisk(path: string): Promise<World & { remove(): Promise<void> }> {
  const baseDir = await mkdtemp(join(tmpdir(), 'tidegate-exactly-once-'));
  const paths = async (): Promise<readonly string[]> => {
    const entries = await readdir(baseDir, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };
  const world = new FileWorld(baseDir, path, nodeFileSystem, paths, (name) => readFile(name, 'utf8'));
  return Object.assign(world, { remove: () => rm(baseDir, { recursive: true }) });
}

for (const [form, path, parallelisms] of [
  ['one file', 'out/alerts.csv', [1]],
  ['a folder of parts', 'out/', [1, 2, 3]],
] as const) {
  itIsExactlyOnce(`file, as ${form} on a disk that forgets,`, {
    create: () => onSimulatedDisk(path),
    parallelisms,
    runs: 150,
    isCheap: true,
  });
  itIsExactlyOnce(`file, as ${form} on a real disk,`, {
    create: () => onRealDisk(path),
    parallelisms,
    runs: 12,
    isCheap: false,
  });
}
