/**
 * Runs one of an application's `tests:` on virtual time, with the production operators: only the ends of the dataflow
 * are replaced, by a scripted source for each ingress and a list for each egress.
 *
 * Invariants
 * - Functions are not called: what is sent to them is compared, as what goes to egresses is.
 * - Steps are taken one by one, each when the job has nothing left to do with the one before; a repetition is a step.
 * - Time begins at 2026-01-01T00:00:00Z; `at` fills an event's time field in the form that the ingress expects.
 * - Without a step `end: true` there is no last watermark: what is open stays open.
 */
import { VirtualClock } from '../../common/virtual-clock.js';
import type { SourceNode, StreamGraph } from '../../job/stream-graph.js';
import { toOutgoing, type JsonObject } from '../../operators/sink/outgoing.js';
import { typeAt } from '../../operators/source/timestamps.js';
import type { Row, Table } from '../../operators/tables.js';
import type { TestCase, TestStep } from '../../spec/application.js';
import { HeapKeyedStore } from '../../state/heap/heap-keyed-store.js';
import { EmbeddedJob } from '../../taskmanager/embedded-job.js';
import type { JobEnvironment } from '../../taskmanager/environment.js';
import { formatTime } from '../../time/time-parser.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import { conforming } from '../runtime/table-loader.js';
import { RecordedFunctions } from './recorded-functions.js';
import { compareAlerts, type Comparison } from './subset.js';
import { SCRIPT_FORMAT, ScriptedSource } from './scripted-source.js';

export const TEST_EPOCH = Date.UTC(2026, 0, 1);

export interface EgressResult extends Comparison {
  readonly egress: string;
  readonly expected: readonly unknown[];
  readonly actual: readonly JsonObject[];
}

export type TestResult =
  | { readonly state: 'passed' }
  | { readonly state: 'failed'; readonly egresses: readonly EgressResult[] }
  | { readonly state: 'error'; readonly cause: Error };

export async function runTest(
  graph: StreamGraph,
  test: TestCase,
  tables: ReadonlyMap<string, Table>,
): Promise<TestResult> {
  const script = new TestScript(graph, test, tables);
  const outcome = await script.run();
  if (outcome.state === 'failed') return { state: 'error', cause: outcome.cause };
  const failed: EgressResult[] = [];
  for (const [egress, expected] of test.expect) {
    const actual = script.received(egress);
    const comparison = compareAlerts(expected, actual);
    if (comparison.missing.length + comparison.surplus.length > 0)
      failed.push({ egress, expected, actual, ...comparison });
  }
  return failed.length === 0 ? { state: 'passed' } : { state: 'failed', egresses: failed };
}

class TestScript {
  readonly #clock = new VirtualClock(TEST_EPOCH);
  readonly #sources = new Map<string, ScriptedSource>();
  readonly #received = new Map<string, JsonObject[]>();
  readonly #functions = new RecordedFunctions();
  readonly #job: EmbeddedJob;
  readonly #steps: Iterator<TestStep>;
  #stopped = false;

  constructor(
    private readonly graph: StreamGraph,
    test: TestCase,
    private readonly tables: ReadonlyMap<string, Table>,
  ) {
    const storage = new MemoryStorage();
    const environment: JobEnvironment = {
      clock: this.#clock,
      tables,
      spill: {
        create: () => {
          throw new Error('a test has too little input to spill');
        },
      },
      yieldToEventLoop: () => Promise.resolve(),
      createFunctionClient: () => this.#functions,
      whenQuiet: () => this.#step(),
      createSource: (node) => {
        const source = this.#sources.get(node.name) ?? new ScriptedSource(node.name);
        this.#sources.set(node.name, source);
        return { source, format: SCRIPT_FORMAT };
      },
      checkpoints: storage,
      openKeyedStore: (options) => Promise.resolve(new HeapKeyedStore(options)),
      createSink: (node, types) => ({
        writer: {
          write: () => undefined,
          ready: () => true,
          onReady: () => undefined,
          stage: () => new Uint8Array(),
          flush: () => Promise.resolve(),
          close: () => Promise.resolve(),
        },
        write: (payload) => {
          const received = this.#received.get(node.name) ?? [];
          received.push(toOutgoing(payload, types));
          this.#received.set(node.name, received);
          return '';
        },
      }),
    };
    this.#steps = singleSteps(test.steps);
    // A failed test is a result: it is not tried again, and nothing goes on from it.
    const { checkpoint: _, ...settings } = graph.settings;
    this.#job = new EmbeddedJob({ ...graph, settings: { ...settings, restart: { strategy: 'none' } } }, environment, {
      storage,
      random: { next: () => 0 },
      leader: 'test',
      start: { from: 'beginning' },
      mustExist: false,
      allowNonRestoredState: false,
    });
  }

  run() {
    return this.#job.run();
  }

  /** @param egress its name, or the type of functions */
  received(egress: string): readonly JsonObject[] {
    return this.#received.get(egress) ?? this.#functions.received(egress);
  }

  /** Takes the next step. @returns whether there was one */
  #step(): boolean {
    if (this.#functions.answer()) return true;
    const next = this.#steps.next();
    if (next.done !== true) {
      this.#take(next.value);
      return true;
    }
    if (this.#stopped) return false;
    this.#stopped = true;
    void this.#job.stop();
    return true;
  }

  #take(step: TestStep): void {
    switch (step.kind) {
      case 'end':
        for (const source of this.#sources.values()) source.end();
        break;
      case 'watermark':
        this.#clock.advanceTo(TEST_EPOCH + step.at);
        for (const task of this.#job.sourceTasks()) task.raiseWatermark(TEST_EPOCH + step.at);
        break;
      case 'tables':
        for (const [name, rows] of step.tables) this.#replaceTable(name, rows);
        break;
      case 'event':
        this.#event(step);
    }
  }

  /** A table that no rule looks at is not in the graph. */
  #replaceTable(name: string, rows: readonly Row[]): void {
    const node = this.graph.tables.find((table) => table.name === name);
    if (node !== undefined) this.tables.get(name)?.replace(conforming(node, rows));
  }

  #event(step: Extract<TestStep, { kind: 'event' }>): void {
    const node = this.graph.sources.find((source) => source.name === step.ingress);
    const at = step.at === undefined ? undefined : TEST_EPOCH + step.at;
    if (at !== undefined) this.#clock.advanceTo(at);
    this.#sources
      .get(step.ingress)
      ?.put(at === undefined || node === undefined ? step.value : withTime(step.value, node, at));
  }
}

function* singleSteps(steps: readonly TestStep[]): Generator<TestStep> {
  for (const step of steps) {
    if (step.kind !== 'event' || step.repeat === undefined) yield step;
    else {
      const { repeat, ...event } = step;
      for (let i = 0; i < repeat.times; i++) {
        yield event.at === undefined ? event : { ...event, at: event.at + i * repeat.every };
      }
    }
  }
}

/** The value with its time field set to `millis`, in the form that the ingress reads. */
function withTime(value: unknown, { time, schema }: SourceNode, millis: number): unknown {
  if (time.kind === 'ingestion' || time.field === undefined) return value;
  const copy = structuredClone(value) as Record<string, unknown>;
  let target = copy;
  for (const part of time.field.slice(0, -1)) {
    const inner = Object.hasOwn(target, part) ? target[part] : undefined;
    if (typeof inner === 'object' && inner !== null) target = inner as Record<string, unknown>;
    else target = target[part] = {};
  }
  // Without a format a text is ISO 8601.
  const format = time.format ?? (typeAt(schema, time.field).kind === 'string' ? 'iso-8601' : undefined);
  target[time.field.at(-1)!] = formatTime(millis, format, time.zone);
  return copy;
}
