/**
 * Loads tables from files and loads them again when the files change.
 *
 * Invariants
 * - A job does not start on a table that cannot be read. A reload that fails keeps the old rows and is reported.
 */
import { dirname } from 'node:path';
import { readFileSync, statSync } from 'node:fs';
import { BadRecordError, type Format } from '@tidegate/connectors/api';
import type { Clock } from '../../common/clock.js';
import { messageOf, TidegateError } from '../../common/errors.js';
import type { TableNode } from '../../job/stream-graph.js';
import { createConformer } from '../../operators/source/conformer.js';
import { Table, type Row } from '../../operators/tables.js';
import type { Registry } from '../../spec/registry.js';

const RELOAD_CHECK_MS = 1000;

export class TableLoader {
  readonly tables = new Map<string, Table>();
  /** By the file's version before it was read. */
  readonly #seen = new Map<TableNode, string>();
  #cancel: (() => void) | undefined;
  #replaced: (name: string) => void = () => undefined;

  constructor(
    private readonly nodes: readonly TableNode[],
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly report: (problem: string) => void,
  ) {}

  /** Reads every table, but for those whose rows are given. */
  load(given: ReadonlyMap<string, readonly Row[]> = new Map()): void {
    for (const node of this.nodes) {
      this.#seen.set(node, versionOf(node.file));
      const rows = given.get(node.name);
      this.tables.set(
        node.name,
        new Table(node.key, rows === undefined ? readTable(node, this.registry) : conforming(node, rows)),
      );
    }
  }

  /**
   * Looks at the files once a second. What changes while it is read is read again at the next look.
   * @param replaced told which table has other rows now
   */
  watch(replaced: (name: string) => void = () => undefined): void {
    this.#replaced = replaced;
    const check = (): void => {
      for (const node of this.nodes) {
        const version = versionOf(node.file);
        if (version === this.#seen.get(node)) continue;
        this.#seen.set(node, version);
        this.#reload(node);
      }
      this.#cancel = this.clock.schedule(RELOAD_CHECK_MS, check);
    };
    if (this.nodes.length > 0) this.#cancel = this.clock.schedule(RELOAD_CHECK_MS, check);
  }

  #reload(node: TableNode): void {
    try {
      this.tables.get(node.name)?.replace(readTable(node, this.registry));
      this.#replaced(node.name);
    } catch (error) {
      this.report(`${node.id}: kept the rows from before: ${messageOf(error)}`);
    }
  }

  close(): void {
    this.#cancel?.();
  }
}

function versionOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs}:${size}:${ino}`;
  } catch {
    return 'missing';
  }
}

/** Rows that a test gives, held against the schema as those of a file are. */
/** Rows that were written by hand, in the representation of the table's schema. Throws a TidegateError. */
export function conforming(node: TableNode, rows: readonly Row[]): Row[] {
  const conform = createConformer(node.schema, { textual: false });
  return rows.map((row, index) => {
    const copy = structuredClone(row) as Record<string, unknown>;
    const problem = conform(copy);
    if (problem !== undefined) throw new TidegateError('TG404', `${node.id}: row ${index + 1}: ${problem}`);
    return copy;
  });
}

function readTable(node: TableNode, registry: Registry): Row[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(node.file);
  } catch (error) {
    throw new TidegateError('TG404', `${node.id}: cannot read ${node.file}: ${messageOf(error)}`, { cause: error });
  }
  const format = tableFormat(node, registry, bytes.length);
  const conform = createConformer(node.schema, { textual: format.textual });
  const rows: Row[] = [];
  const reject = (row: number, reason: string): never => {
    throw new TidegateError('TG404', `${node.id}: ${node.file}, row ${row + 1}: ${reason}`);
  };
  const sink = {
    payload(payload: unknown): void {
      try {
        const value = format.decode(payload) as Record<string, unknown>;
        const problem = conform(value);
        if (problem !== undefined) reject(rows.length, problem);
        rows.push(value);
      } catch (error) {
        if (error instanceof BadRecordError) reject(rows.length, error.reason);
        throw error;
      }
    },
    bad(_raw: string, _offset: number, reason: string): void {
      reject(rows.length, reason);
    },
  };
  const framer = format.createFramer(0);
  framer.push(bytes, sink);
  framer.end(sink);
  return rows;
}

function tableFormat(node: TableNode, registry: Registry, size: number): Format {
  const name = node.format === 'jsonl' ? 'json' : node.format;
  const factory = registry.formats.get(name);
  if (factory?.createFormat === undefined) throw new TidegateError('TG404', `${node.id}: there is no format ${name}`);
  const options =
    node.format === 'json'
      ? { records: '[*]' }
      : node.format === 'csv'
        ? { header: true, delimiter: ',', quote: '"' }
        : {};
  return factory.createFormat(options as never, { maxRecordBytes: Math.max(size, 1024), baseDir: dirname(node.file) });
}
