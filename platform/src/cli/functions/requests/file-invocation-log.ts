/**
 * The log of invocations of one attempt of one subtask, on a disk that outlives both.
 *
 * Invariants
 * - What is told to be durable was synced before a later attempt began to read the log: then that attempt has it.
 * - While one sync is under way everything that comes waits for the next one, which all of it shares.
 */
import { join } from 'node:path';
import { EventLog } from '@tidegate/connectors/event-log';
import { TidegateError } from '../../../common/errors.js';
import { encodeEntry, type InvocationEntry } from '../../../functions/requests/invocation-entry.js';
import type { InvocationLog, LogPosition } from '../../../functions/requests/invocation-log.js';
import { attemptNumber } from '../../../rpc/task-execution.js';
import type { InvocationLogOptions } from '../../../taskmanager/environment.js';
import { isSealed, logName, markCovered, namesBefore, readFormerLogs, removeLogs } from './former-logs.js';

/** Only whole segments are removed. */
const SEGMENT_BYTES = 16 * 1024 * 1024;

export interface FileInvocationLogOptions extends InvocationLogOptions {
  /** Of all logs of the job. */
  readonly root: string;
  warn(message: string): void;
  readonly failpoint: (name: string) => void;
}

interface Waiting {
  /** All entries before this one. */
  readonly upTo: number;
  readonly durable: () => void;
}

export class FileInvocationLog implements InvocationLog {
  #queue: Uint8Array[] = [];
  #next = 0;
  #durable = 0;
  #waiting: Waiting[] = [];
  #due: (() => void)[] = [];
  #writing: Promise<void> | undefined;
  #isClosed = false;
  /** By checkpoint. */
  readonly #positions = new Map<number, LogPosition>();

  private constructor(
    private readonly options: FileInvocationLogOptions,
    private readonly name: string,
    private readonly log: EventLog,
    readonly past: readonly InvocationEntry[],
  ) {}

  static async open(options: FileInvocationLogOptions): Promise<FileInvocationLog> {
    const { root, id, positions, warn } = options;
    const attempt = attemptNumber(id);
    const { past, isBehind } = await readFormerLogs(root, attempt, positions);
    if (isBehind)
      warn(
        'the job goes on from another checkpoint than its last one: replies that were given since are not known any more',
      );
    const name = logName(attempt, id.subtask);
    const log = await EventLog.open(join(root, name), SEGMENT_BYTES);
    return new FileInvocationLog(options, name, log, past);
  }

  append(entry: InvocationEntry, durable?: () => void): number {
    this.#queue.push(encodeEntry(entry));
    const number = this.#next++;
    if (durable !== undefined) this.flush(durable);
    return number;
  }

  flush(durable: () => void): void {
    if (this.#durable === this.#next) {
      this.#due.push(durable);
      return this.options.wake();
    }
    this.#waiting.push({ upTo: this.#next, durable });
    this.#write();
  }

  settle(): boolean {
    if (this.#due.length === 0) return false;
    const due = this.#due;
    this.#due = [];
    for (const durable of due) durable();
    return true;
  }

  position(checkpoint: number, except: readonly number[]): LogPosition {
    const position = { log: this.name, attempt: attemptNumber(this.options.id), next: this.#next, except };
    this.#positions.set(checkpoint, position);
    return position;
  }

  complete(checkpoint: number): void {
    const { root, id, fail } = this.options;
    const position = this.#positions.get(checkpoint);
    for (const older of [...this.#positions.keys()]) if (older <= checkpoint) this.#positions.delete(older);
    if (position === undefined) return;
    const { next, except } = position;
    markCovered(join(root, this.name), next);
    this.log.trim(Math.min(next, ...except)).catch(fail);
    removeLogs(root, namesBefore(root, attemptNumber(id)));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    await this.log.close();
  }

  #write(): void {
    if (this.#writing !== undefined || this.#isClosed) return;
    this.#writing = this.#writeAll().then(
      () => (this.#writing = undefined),
      (error: Error) => this.options.fail(error),
    );
  }

  /** As long as somebody waits. After a failure nothing is written any more: the job goes on in another attempt. */
  async #writeAll(): Promise<void> {
    const { root, failpoint, wake } = this.options;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const entries = this.#queue;
      this.#queue = [];
      failpoint('invocations.beforeSync');
      await this.log.append(entries);
      failpoint('invocations.afterSync');
      if (isSealed(join(root, this.name)))
        throw new TidegateError('TG486', 'another attempt of the job has taken over the functions of this one');
      this.#durable += entries.length;
      const isDue = ({ upTo }: Waiting): boolean => upTo <= this.#durable;
      this.#due.push(...this.#waiting.filter(isDue).map(({ durable }) => durable));
      this.#waiting = this.#waiting.filter((one) => !isDue(one));
      wake();
    }
  }
}
