/** The output of a job whose sink is the production file sink, in one of its two forms, on the files that all workers share. */
import { basename } from 'node:path';
import type { Sink } from '@tidegate/connectors/api';
import { FileSink } from '@tidegate/connectors/file';
import type { SeededRandom } from '../kernel/seeded-random.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import type { SharedFiles } from '../world/shared-files.js';
import { BASE_DIR, simulatedConnectorContext } from './simulated-connector-context.js';

export type FileForm = 'file' | 'folder';

const PATHS: Readonly<Record<FileForm, string>> = { file: 'out.jsonl', folder: 'out/' };

export class FileOutput {
  /** Parts whose lines are known. */
  readonly #parts = new Set<string>();
  readonly #lines: string[] = [];

  constructor(
    private readonly form: FileForm,
    private readonly files: SharedFiles,
    private readonly random: SeededRandom,
  ) {}

  sink(process: SimulatedProcess, name: string, fail: (error: Error) => void): Sink {
    const context = simulatedConnectorContext(process, name, this.random, fail);
    return new FileSink({ path: PATHS[this.form], suffix: '.jsonl' }, context, undefined, this.files.of(process));
  }

  /** All lines that a reader finds. */
  committed(): readonly string[] {
    if (this.form === 'file') return linesOf(this.files.read(`${BASE_DIR}/${PATHS.file}`) ?? '');
    // The one writer's parts are in the order of their epochs by name.
    for (const path of this.files.paths()) {
      const isPart = path.startsWith(`${BASE_DIR}/${PATHS.folder}`) && !basename(path).startsWith('.');
      if (!isPart || this.#parts.has(path)) continue;
      this.#parts.add(path);
      this.#lines.push(...linesOf(this.files.read(path)!));
    }
    return this.#lines;
  }
}

/** A last line that is not whole yet is being written. */
function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
