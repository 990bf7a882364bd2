/**
 * One module of functions in a thread of its own, for one task.
 *
 *     idle ── called or asked ──▶ starting ── ready ──▶ serving ── stuck, crashed, or exited ──▶ idle
 *     any ── close ──▶ closed
 *
 * Invariants
 * - A call is answered once, and later than it was made, unless it was cancelled: also when the thread ends, whatever ended it.
 * - A thread that has ended is started again by the next call, never by itself.
 * - A module that cannot be loaded fails the job: nothing would change by trying again.
 */
import {
  decodeSharedReplies,
  encodeSharedRequest,
  Progress,
  type EndpointDescription,
  type InvocationBatch,
  type ThreadReport,
  type ThreadStart,
} from '@tidegate/functions-sdk/protocol';
import { Worker } from 'node:worker_threads';
import { renderDuration } from '../../../common/duration-text.js';
import { messageOf, TidegateError } from '../../../common/errors.js';
import { Lifecycle, type TransitionTable } from '../../../common/transition-table.js';
import type { CallOutcome, Cancel } from '../../../functions/function-client.js';
import type { ModuleEndpointDescriptor } from '../../../job/function-endpoint.js';
import { later } from '../later.js';
import { outcomeOfReply } from '../reply-reading.js';
import { endOfLoad, endOfThread, ModuleLoad, loadLimits, type LoadLimits } from './module-load.js';
import { culpritOf, failuresOf, type ThreadEnd } from './thread-end.js';
import { logLines } from './thread-output.js';
import { ThreadWatch } from './thread-watch.js';

export interface EmbeddedEndpointOptions {
  readonly descriptor: ModuleEndpointDescriptor;
  /** The script to begin a thread with. Rejects when the module cannot be compiled, or may not run. */
  script(): Promise<string>;
  /** Fails the job. */
  fail(error: Error): void;
  log(line: string, level: 'info' | 'warn'): void;
  /** Default: by the timeout of the endpoint. */
  readonly loadLimits?: LoadLimits | undefined;
}

type State = 'idle' | 'starting' | 'serving' | 'closed';

const TRANSITIONS: TransitionTable<State> = {
  idle: ['starting', 'closed'],
  starting: ['serving', 'closed'],
  serving: ['idle', 'closed'],
  closed: [],
};

interface Call {
  readonly batches: readonly InvocationBatch[];
  readonly done: (outcomes: readonly CallOutcome[]) => void;
}

const MIB = 1024 * 1024;

export class EmbeddedEndpoint {
  readonly #life = new Lifecycle<State>('thread of functions', TRANSITIONS, 'idle', undefined);
  /** By number, in the order in which they were made. */
  readonly #calls = new Map<number, Call>();
  #last = 0;
  #asking: ((told: EndpointDescription) => void)[] = [];
  #description: EndpointDescription | undefined;
  #thread: Worker | undefined;
  #progress = new Progress(Progress.memory());
  #watch: ThreadWatch | undefined;

  constructor(private readonly options: EmbeddedEndpointOptions) {}

  call(batches: readonly InvocationBatch[], done: Call['done']): Cancel {
    const call = ++this.#last;
    this.#calls.set(call, { batches, done });
    if (this.#life.state === 'serving') this.#post(call, batches);
    else this.#start();
    return () => void this.#calls.delete(call);
  }

  describe(done: (told: EndpointDescription) => void): Cancel {
    const description = this.#description;
    if (description !== undefined) return later(() => done(description));
    this.#asking.push(done);
    this.#start();
    return () => void (this.#asking = this.#asking.filter((one) => one !== done));
  }

  async close(): Promise<void> {
    if (this.#life.state === 'closed') return;
    this.#life.to('closed');
    this.#watch?.stop();
    this.#calls.clear();
    this.#asking = [];
    await this.#thread?.terminate();
  }

  #start(): void {
    if (this.#life.state !== 'idle') return;
    this.#life.to('starting');
    this.options.script().then(
      (script) => this.#begin(script),
      (error: unknown) => this.#fail(error),
    );
  }

  #begin(script: string): void {
    if (this.#life.state === 'closed') return;
    const { timeoutMs, memoryBytes, id } = this.options.descriptor;
    const progress = Progress.memory();
    this.#progress = new Progress(progress);
    const workerData: ThreadStart = { progress, timeoutMs };
    const thread = new Worker(script, {
      workerData,
      name: id,
      argv: [],
      execArgv: ['--enable-source-maps'],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryBytes / MIB) },
    });
    this.#thread = thread;
    const { log } = this.options;
    logLines(thread.stdout, (line) => log(`${id}: ${line}`, 'info'));
    logLines(thread.stderr, (line) => log(`${id}: ${line}`, 'warn'));
    const limits = this.options.loadLimits ?? loadLimits(timeoutMs);
    const load = new ModuleLoad(
      thread,
      limits,
      (what) => log(`warning: ${id}: ${what}`, 'warn'),
      (what) => this.#stop(what),
    );
    let what: string | undefined;
    thread.on('message', (report: ThreadReport) => {
      load.stop();
      this.#take(report);
    });
    thread.once('error', (error) => (what = this.#whatOf(error)));
    thread.once('exit', (code) => {
      load.stop();
      const isLoaded = this.#life.state !== 'starting';
      this.#ended(thread, what ?? (isLoaded ? endOfThread(code) : endOfLoad(code)));
    });
  }

  #take(report: ThreadReport): void {
    if (report.kind === 'ready') return this.#ready(report.description);
    const { call, reply } = report;
    const known = this.#calls.get(call);
    this.#calls.delete(call);
    known?.done(decodeSharedReplies(reply).map((one) => outcomeOfReply(one, this.options.descriptor.id)));
  }

  #ready(description: EndpointDescription): void {
    if (this.#life.state !== 'starting') return;
    const { functions, timeoutMs } = this.options.descriptor;
    const has = new Set(description.functions.map(({ type }) => type));
    const missing = functions.filter((type) => !has.has(type));
    if (missing.length > 0)
      return this.#fail(new Error(`it has no function ${missing.join(', ')}, but ${[...has].join(', ')}`));
    this.#life.to('serving');
    this.#description = description;
    this.#watch = new ThreadWatch(
      this.#progress,
      timeoutMs,
      () => this.#calls.size > 0,
      () => this.#stop(`it has held its thread for longer than ${renderDuration(timeoutMs)}, as an endless loop does`),
    );
    for (const done of this.#asking.splice(0)) done(description);
    for (const [call, { batches }] of this.#calls) this.#post(call, batches);
  }

  #post(call: number, batches: readonly InvocationBatch[]): void {
    const encoded = encodeSharedRequest(batches);
    // A short one lies in memory that it shares with others.
    const request = encoded.buffer.byteLength === encoded.length ? encoded : new Uint8Array(encoded);
    this.#thread!.postMessage({ call, request }, [request.buffer as ArrayBuffer]);
  }

  #stop(what: string): void {
    const thread = this.#thread!;
    this.#ended(thread, what);
    void thread.terminate();
  }

  #ended(thread: Worker, what: string): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#watch?.stop();
    switch (this.#life.state) {
      case 'starting':
        return this.#fail(new Error(what));
      case 'serving':
        this.#life.to('idle');
        return this.#answerAll(what);
      case 'idle':
      case 'closed':
    }
  }

  /** What ran when the thread ended is to blame; the others are called again. */
  #answerAll(what: string): void {
    const { log, descriptor } = this.options;
    const { running, begunCall } = this.#progress;
    const calls = [...this.#calls];
    this.#calls.clear();
    const culprit = calls.map(([call, { batches }]) => culpritOf(call, batches, { what, running, begunCall }));
    const who = culprit.find((one) => one !== undefined);
    const said = `${descriptor.id}${who === undefined ? '' : ` (${who})`}: ${what}`;
    log(`warning: ${said}; another thread is started`, 'warn');
    const end: ThreadEnd = { what: said, running, begunCall };
    for (const [call, { batches, done }] of calls) done(failuresOf(call, batches, end));
  }

  #fail(error: unknown): void {
    if (this.#life.state === 'closed') return;
    const { descriptor, fail } = this.options;
    if (error instanceof TidegateError) return fail(error);
    const text = `${descriptor.id}: the module ${descriptor.file} cannot be loaded: ${messageOf(error)}`;
    fail(new TidegateError('TG483', text, { retriable: false, cause: error }));
  }

  #whatOf(error: Error & { readonly code?: string }): string {
    if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return `its thread has ended with ${error.stack ?? error.message}`;
    const mib = Math.ceil(this.options.descriptor.memoryBytes / MIB);
    return `its thread took more than ${mib} MiB of memory (functions.NAME.module.memory)`;
  }
}
