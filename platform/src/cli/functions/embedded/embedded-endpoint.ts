/**
 * One module of functions in a thread of its own, for one task.
 *
 *     idle ── called or asked ──▶ starting ── ready ──▶ serving ── stuck, crashed, or exited ──▶ idle
 *     any ── close ──▶ closed
 *
 * Invariants
 * - A call is answered once, and later than it was made, unless it was cancelled: also when the thread ends, whatever ended it.
 * - A thread that has ended is started again by what waits for it, never by itself.
 * - A module that cannot be loaded fails the job: nothing would change by trying again.
 */
import {
  decodeSharedReplies,
  encodeSharedRequest,
  Progress,
  type EndpointDescription,
  type InvocationBatch,
  type RunningMessage,
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
import { LateBatches } from './late-batches.js';
import { ThreadCalls } from './thread-calls.js';
import { isDoubtful, placeOf, type ThreadEnd } from './thread-end.js';
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

const MIB = 1024 * 1024;

export class EmbeddedEndpoint {
  readonly #life = new Lifecycle<State>('thread of functions', TRANSITIONS, 'idle', undefined);
  readonly #calls = new ThreadCalls();
  #asking: ((told: EndpointDescription) => void)[] = [];
  #description: EndpointDescription | undefined;
  #thread: Worker | undefined;
  #progress = new Progress(Progress.memory());
  #watch: ThreadWatch | undefined;
  #late: LateBatches | undefined;

  constructor(private readonly options: EmbeddedEndpointOptions) {}

  call(batches: readonly InvocationBatch[], done: (outcomes: readonly CallOutcome[]) => void): Cancel {
    const cancel = this.#calls.add(batches, done);
    this.#goOn();
    return cancel;
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
    this.#late?.stop();
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
    const workerData: ThreadStart = { progress, timeoutMs, memoryBytes };
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
      if (this.#thread === thread) this.#take(report);
    });
    thread.once('error', (error) => (what = this.#whatOf(error)));
    thread.once('exit', (code) => {
      load.stop();
      this.#ended(thread, what ?? this.#whatOfExit(code));
    });
  }

  #take(report: ThreadReport): void {
    switch (report.kind) {
      case 'ready':
        return this.#ready(report.description);
      case 'late':
        return this.#late!.begin(report.message, this.#calls.who(report.message));
      case 'ended':
        return this.#late!.end(report.message);
      case 'answer': {
        const { id } = this.options.descriptor;
        const outcomes = decodeSharedReplies(report.reply).map((one) => outcomeOfReply(one, id));
        this.#calls.answer(report.call, outcomes);
        return this.#goOn();
      }
    }
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
      () => this.#calls.isGiven,
      () => this.#stop(`it has held its thread for longer than ${renderDuration(timeoutMs)}, as an endless loop does`),
    );
    this.#late = new LateBatches(timeoutMs, (message) =>
      this.#stop(`its handler still runs ${renderDuration(timeoutMs)} after its batch was given up`, message),
    );
    for (const done of this.#asking.splice(0)) done(description);
    this.#goOn();
  }

  /** What waits for the thread is given to it, or has it started. */
  #goOn(): void {
    if (!this.#calls.isWaiting) return;
    if (this.#life.state !== 'serving') return this.#start();
    for (const [call, batches] of this.#calls.take()) this.#post(call, batches);
  }

  #post(call: number, batches: readonly InvocationBatch[]): void {
    const encoded = encodeSharedRequest(batches);
    // A short one lies in memory that it shares with others.
    const request = encoded.buffer.byteLength === encoded.length ? encoded : new Uint8Array(encoded);
    this.#thread!.postMessage({ call, request }, [request.buffer as ArrayBuffer]);
  }

  /** @param culprit if it is known otherwise than by where the thread is */
  #stop(what: string, culprit?: RunningMessage): void {
    const thread = this.#thread!;
    this.#ended(thread, what, culprit);
    void thread.terminate();
  }

  #ended(thread: Worker, what: string, culprit = this.#progress.running): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#watch?.stop();
    this.#late?.stop();
    switch (this.#life.state) {
      case 'starting':
        return this.#fail(new Error(what));
      case 'serving':
        this.#life.to('idle');
        this.#answerAll(what, culprit);
        return this.#goOn();
      case 'idle':
      case 'closed':
    }
  }

  #answerAll(what: string, running: RunningMessage | undefined): void {
    const { log, descriptor } = this.options;
    const { begunCall, keptMib } = this.#progress;
    // What it keeps may be of all that it has handled.
    const mayBeOver = this.#late?.isAny === true || (keptMib !== undefined && this.#calls.hasAnswered);
    const end = { what, running, begunCall, mayBeOver };
    const who = this.#who(end);
    const said = `${descriptor.id}${who === undefined ? '' : ` (${who})`}: ${what}`;
    log(`warning: ${said}; another thread is started`, 'warn');
    this.#calls.end({ ...end, what: said });
  }

  /** Who has ended the thread, for the log. */
  #who(end: ThreadEnd): string | undefined {
    const { running } = end;
    if (running !== undefined)
      return this.#calls.who(running) ?? this.#late?.who(running) ?? 'what a message left behind that was answered';
    const suspects = this.#calls.suspects(end);
    const place = suspects.length === 1 ? placeOf(suspects[0]!, undefined) : `one of ${suspects.length} addresses`;
    if (isDoubtful(suspects, end)) return `${place}${end.mayBeOver ? ', or what came before' : ''}, now called alone`;
    return suspects.length === 0 ? undefined : place;
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
    return this.#tookMemory('');
  }

  #whatOfExit(code: number): string {
    const { keptMib } = this.#progress;
    if (keptMib !== undefined) return this.#tookMemory(`, ${keptMib} MiB with what lies outside of its heap`);
    return this.#life.state === 'starting' ? endOfLoad(code) : endOfThread(code);
  }

  #tookMemory(how: string): string {
    const mib = Math.ceil(this.options.descriptor.memoryBytes / MIB);
    return `its thread took more than ${mib} MiB of memory${how} (functions.NAME.module.memory)`;
  }
}
