/**
 * Runs a planned application on inputs that a test holds in its hands: the production deployment, with lists for the
 * splits of its ingresses and lists for what its egresses receive.
 */
import type {
  Format,
  OutgoingRecord,
  PollResult,
  SinkWriter,
  Source,
  SourceReader,
  SourceSplit,
} from '@tidegate/connectors/api';
import type { Clock } from '../../src/common/clock.js';
import { VirtualClock } from '../../src/common/virtual-clock.js';
import { MemoryStorage } from '../../src/cli/storage/memory-storage.js';
import { SCRIPT_FORMAT } from '../../src/cli/testing/scripted-source.js';
import type { JobNotice } from '../../src/coordinator/job-events.js';
import type { RestartSettings } from '../../src/job/graph-settings.js';
import type { FunctionClient } from '../../src/functions/function-client.js';
import type { StreamGraph } from '../../src/job/stream-graph.js';
import type { MetricRegistry } from '../../src/metrics/registry.js';
import { toOutgoing, type JsonObject } from '../../src/operators/sink/outgoing.js';
import { Table, type Row } from '../../src/operators/tables.js';
import { HeapKeyedStore } from '../../src/state/heap/heap-keyed-store.js';
import { EmbeddedJob, type JobOutcome } from '../../src/taskmanager/embedded-job.js';
import type { JobEnvironment } from '../../src/taskmanager/environment.js';
import type { Tracer } from '../../src/tracing/tracer.js';
import type { SpillStorage } from '../../src/time/event-sorter.js';
import { planText } from '../plan/plan-text.js';
import { SlotsHere } from './threads/slots-here.js';

/** Payloads by split. */
export type Splits = Readonly<Record<string, readonly unknown[]>>;

export interface Given {
  /** By ingress. */
  readonly inputs: Readonly<Record<string, Splits>>;
  readonly parallelism?: number;
  /** Records to a batch. Default 100. */
  readonly batch?: number;
  readonly tables?: Readonly<Record<string, readonly Row[]>>;
  readonly format?: Format;
  readonly spill?: SpillStorage;
  readonly sortBudgetBytes?: number;
  /** Stands in for an egress's writer. */
  readonly writers?: Readonly<Record<string, Partial<SinkWriter>>>;
  /** Ingresses that never end; the test stops the job. */
  readonly unbounded?: readonly string[];
  /** Inputs are looked at again after so many milliseconds, for splits that the test has put there. */
  readonly discoveryInterval?: number;
  readonly clock?: Clock;
  /** Functions of the application. */
  functions?(): FunctionClient;
  /** Called before the job runs. */
  before?(job: EmbeddedJob): void;
  /** Called when the job has nothing to do. @returns whether that gave it something */
  quiet?(job: EmbeddedJob): boolean;
  /** Called with what the JobMaster tells. */
  observe?(notice: JobNotice, job: EmbeddedJob, slots: SlotsHere | undefined): void;
  /** Slots are told apart like threads. Default: they share one. */
  readonly threads?: boolean;
  /** Takes checkpoints as the application says. Default: none are taken. */
  readonly checkpoints?: boolean;
  /** Takes spans. */
  readonly tracer?: Tracer;
  /** What comes with a payload. */
  headersOf?(payload: unknown): Readonly<Record<string, string>> | undefined;
  /** Told of all that egresses are given. */
  outgoing?(egress: string, record: OutgoingRecord): void;
  /** Default: none, a failure ends the job. */
  readonly restart?: RestartSettings;
}

export interface Ran {
  readonly outcome: JobOutcome;
  readonly received: Readonly<Record<string, readonly JsonObject[]>>;
  readonly metrics: MetricRegistry;
  /** Names of readers and writers that were closed, in order. */
  readonly closed: readonly string[];
}

/** The plan of an application's text; throws what is wrong with it. */
export function planned(text: string): StreamGraph {
  const { graph, diagnostics } = planText(text);
  if (graph === undefined) throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return graph;
}

export async function runOn(graph: StreamGraph, given: Given): Promise<Ran> {
  const received: Record<string, JsonObject[]> = Object.fromEntries(graph.sinks.map(({ name }) => [name, []]));
  const closed: string[] = [];
  const parallelism = given.parallelism ?? graph.settings.parallelism;
  const storage = new MemoryStorage();
  const { checkpoint, ...others } = graph.settings;
  const settings = given.checkpoints === true && checkpoint !== undefined ? { ...others, checkpoint } : others;
  const plan: StreamGraph = {
    ...graph,
    settings: { ...settings, parallelism, restart: given.restart ?? { strategy: 'none' } },
  };
  const environment: JobEnvironment = {
    clock: given.clock ?? new VirtualClock(),
    tables: new Map(graph.tables.map(({ name, key }) => [name, new Table(key, given.tables?.[name] ?? [])])),
    spill: given.spill ?? { create: () => Promise.reject(new Error('nothing should be spilled')) as never },
    ...(given.sortBudgetBytes === undefined ? {} : { sortBudgetBytes: given.sortBudgetBytes }),
    yieldToEventLoop: () => new Promise((resolve) => setImmediate(resolve)),
    createSource: ({ name }) => ({
      source: new ListSource(
        name,
        given.inputs[name] ?? {},
        given.batch ?? 100,
        given.unbounded?.includes(name) !== true,
        closed,
        given.discoveryInterval,
        given.headersOf,
      ),
      format: given.format ?? SCRIPT_FORMAT,
    }),
    ...(given.functions === undefined ? {} : { createFunctionClient: given.functions }),
    checkpoints: storage,
    ...(given.tracer === undefined ? {} : { tracer: given.tracer }),
    openKeyedStore: (options) => Promise.resolve(new HeapKeyedStore(options)),
    createSink: ({ name }, types) => ({
      writer: {
        ...listWriter(() => closed.push(name)),
        write: (record) => given.outgoing?.(name, record),
        ...given.writers?.[name],
      },
      write: (payload) => {
        received[name]!.push(toOutgoing(payload, types));
        return '';
      },
    }),
  };
  const threads = given.threads === true ? new SlotsHere(plan, environment) : undefined;
  const job: EmbeddedJob = new EmbeddedJob(
    plan,
    { ...environment, whenQuiet: () => given.quiet?.(job) ?? false },
    {
      storage,
      random: { next: () => 0 },
      leader: 'test',
      start: { from: 'beginning' },
      mustExist: false,
      allowNonRestoredState: false,
      observe: (notice) => given.observe?.(notice, job, threads),
      ...(threads === undefined ? {} : { threads }),
    },
  );
  given.before?.(job);
  return { outcome: await job.run(), received, metrics: job.metrics, closed };
}

function listWriter(onClose: () => void): SinkWriter {
  return {
    write: () => undefined,
    ready: () => true,
    onReady: () => undefined,
    stage: () => new Uint8Array(),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(onClose()),
  };
}

class ListSource implements Source {
  readonly replayable = true;
  readonly boundedness: 'bounded' | 'unbounded';

  constructor(
    private readonly ingress: string,
    private readonly lists: Splits,
    private readonly batch: number,
    private readonly ends: boolean,
    private readonly closed: string[],
    private readonly discoveryInterval: number | undefined,
    private readonly headersOf: Given['headersOf'],
  ) {
    this.boundedness = ends ? 'bounded' : 'unbounded';
  }

  createEnumerator() {
    const { lists, discoveryInterval } = this;
    return {
      discoveryInterval,
      discover: () => Promise.resolve(Object.keys(lists).map((id): SourceSplit => ({ id }))),
      close: () => Promise.resolve(),
    };
  }

  createReader(): SourceReader {
    const open = new Map<string, number>();
    let isWhole = false;
    return {
      addSplits: (splits) => splits.forEach(({ id }) => open.set(id, 0)),
      noMoreSplits: () => void (isWhole = true),
      poll: () => this.#poll(open, isWhole),
      onAvailable: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      snapshot: () => [],
      notifyComplete: () => undefined,
      close: () => Promise.resolve(void this.closed.push(this.ingress)),
    };
  }

  /** One batch of each split in turn. */
  #poll(open: Map<string, number>, isWhole: boolean): PollResult {
    for (const [split, position] of open) {
      const payloads = (this.lists[split] ?? []).slice(position, position + this.batch);
      if (payloads.length === 0 && !this.ends) continue;
      open.delete(split);
      if (payloads.length === 0) return { kind: 'split-end', split };
      const nextOffset = position + payloads.length;
      open.set(split, nextOffset);
      const offsets = payloads.map((_, i) => position + i);
      const headers = this.headersOf && { headers: payloads.map(this.headersOf) };
      const bytes = payloads.length * 100;
      return { kind: 'batch', batch: { split, payloads, offsets, bytes, nextOffset, ...headers } };
    }
    return { kind: open.size === 0 && isWhole ? 'end' : 'empty' };
  }
}
