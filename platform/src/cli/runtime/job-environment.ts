/** The world of a job that runs in this process: the machine's clock and disks, and the registry's connectors. */
import { join } from 'node:path';
import {
  ConnectorError,
  type ConnectorContext,
  type ConnectorMetrics,
  type Encoder,
  type Format,
  type SinkWriter,
} from '@tidegate/connectors/api';
import { RejectedRecords, RejectingWriter } from '@tidegate/connectors/writing';
import type { Log } from '../../common/log.js';
import { TidegateError } from '../../common/errors.js';
import { FUNCTIONS, REQUESTS } from '../../job/function-node.js';
import type { Configured, SinkNode, SourceNode, StreamGraph } from '../../job/stream-graph.js';
import { encodingWriter, type PayloadWriter } from '../../operators/sink/sink-operator.js';
import type { RecordTypes } from '../../operators/sink/outgoing.js';
import type { Table } from '../../operators/tables.js';
import type { Registry } from '../../spec/registry.js';
import type { CheckpointFiles, JobEnvironment } from '../../taskmanager/environment.js';
import type { Tracer } from '../../tracing/tracer.js';
import { EmbeddedFunctionClient } from '../functions/embedded/embedded-function-client.js';
import { modulePolicy } from '../functions/embedded/module-policy.js';
import { FunctionClients } from '../functions/function-clients.js';
import { HttpFunctionClient } from '../functions/http-function-client.js';
import { IngressDecisions } from '../functions/requests/ingress-decisions.js';
import { RequestServers } from '../functions/requests/request-servers.js';
import { idleSource } from '../functions/requests/idle-source.js';
import { INVOCATIONS } from '../storage/job-folder.js';
import { AlertText, type TextStyle } from '../presentation/alert-text.js';
import type { HttpRequestServer } from '../functions/requests/request-server.js';
import { addressPolicy } from '../security/address-policy.js';
import type { ProcessCells } from '../threads/process-cells.js';
import { connectorContext } from './connector-context.js';
import type { Failpoint } from './failpoints.js';
import { storeOpener } from './open-keyed-store.js';
import type { SpillDirectory } from './spill-directory.js';
import { systemClock, yieldToEventLoop } from './system-clock.js';

export interface EnvironmentOptions {
  readonly graph: StreamGraph;
  readonly registry: Registry;
  readonly tables: ReadonlyMap<string, Table>;
  readonly spill: SpillDirectory;
  readonly checkpoints: CheckpointFiles;
  readonly failpoint: Failpoint;
  readonly cells: ProcessCells;
  /** For what only this process needs, and only while it runs. Absolute. */
  readonly localDir: string;
  readonly style: TextStyle;
  readonly tracer?: Tracer | undefined;
  /** For whoever watches the job. */
  readonly log: Log;
  /** Called before a sink prints on the terminal. */
  beforePrint(): void;
}

export function jobEnvironment(options: EnvironmentOptions): JobEnvironment {
  const { graph, registry, tables, spill, checkpoints } = options;
  const contextOf = (
    node: SourceNode | SinkNode,
    fail: (error: Error) => void,
    metrics: ConnectorMetrics | undefined,
  ): ConnectorContext =>
    connectorContext(graph, node, {
      fail,
      log: (message) => options.log(`${node.id}: ${message}`, { task: node.id }),
      failpoint: options.failpoint,
      ...(metrics === undefined ? {} : { metrics }),
    });
  let requestServer: Promise<HttpRequestServer> | undefined;
  /** Of all attempts in this thread. */
  const decisions = new IngressDecisions();
  const isDecided = (node: SourceNode): boolean =>
    graph.functions?.decisions?.some(({ ingress }) => ingress === node.name) === true;
  return {
    clock: systemClock,
    spill,
    tables,
    yieldToEventLoop,
    async openInvocationLog(attempt) {
      if (graph.settings.stateDir === '')
        throw new TidegateError('TG487', 'requests: there is no folder for the log of invocations on object storage');
      const { FileInvocationLog } = await import('../functions/requests/file-invocation-log.js');
      const warn = (message: string): void => options.log(`warning: ${message}`, { level: 'warn', task: FUNCTIONS });
      const root = join(graph.settings.stateDir, INVOCATIONS);
      return FileInvocationLog.open({ ...attempt, root, warn, failpoint: options.failpoint });
    },
    async openRequestServer({ requests }, { subtask, fail }) {
      // Each of several would have an address of its own.
      const isTaken = requests === undefined || (requests.port === 0 && subtask > 0);
      if (isTaken) return new RequestServers([decisions]);
      const { openRequestServer } = await import('../functions/requests/open-request-server.js');
      const { log, failpoint } = options;
      // One for all attempts in this thread.
      requestServer ??= openRequestServer(requests, { log, failpoint }).catch((error: unknown) => {
        requestServer = undefined;
        throw error;
      });
      return new RequestServers([decisions, (await requestServer).attach(fail)]);
    },
    createSource(node, fail, metrics) {
      if (node.connector.type === REQUESTS)
        return { source: idleSource, format: readFormat(registry, node, graph.settings) };
      const factory = found(registry.sources, node.connector, node.id);
      const format = readFormat(registry, node, graph.settings);
      return {
        format,
        source: factory.createSource(node.connector.options as never, format, {
          ...contextOf(node, fail, metrics),
          ...(isDecided(node) ? { decisions: decisions.of(node.name) } : {}),
        }),
      };
    },
    createFunctionClient: (fail) =>
      new FunctionClients({
        http: new HttpFunctionClient({
          clock: systemClock,
          policy: addressPolicy(process.env, 'TIDEGATE_FUNCTION_HOSTS'),
        }),
        module: new EmbeddedFunctionClient({
          policy: modulePolicy(process.env),
          localDir: join(options.localDir, 'modules'),
          fail,
          log: (line, level) => options.log(line, { level, task: FUNCTIONS }),
        }),
      }),
    random: { next: () => Math.random() },
    log: options.log,
    checkpoints,
    ...(options.tracer === undefined ? {} : { tracer: options.tracer }),
    failpoint: options.failpoint,
    openKeyedStore: storeOpener({
      backend: graph.settings.state.backend,
      folder: join(options.localDir, 'databases'),
      memoryBytes: graph.settings.memory.stateBytes,
      heldKib: options.cells.heapKib,
      files: checkpoints,
      warnOfHeap: (reason) => {
        if (options.cells.sayHeap())
          options.log(`warning[TG425]: ${reason} State is kept in memory.`, { level: 'warn' });
      },
    }),
    createSink(node, types, attempt, fail, metrics) {
      const factory = found(registry.sinks, node.connector, node.id);
      const context = contextOf(node, fail, metrics);
      const encoder = encoderOf(node, options);
      const sink = factory.createSink(node.connector.options as never, context, encoder?.header);
      // Nothing that is staged would be seen where no checkpoint completes.
      const isStaged = node.delivery === 'exactly-once' && graph.settings.checkpoint !== undefined;
      const delivery = node.delivery === 'exactly-once' && !isStaged ? 'at-least-once' : node.delivery;
      const written = payloads(sink.createWriter({ ...attempt, delivery }), encoder, types, { ...options, context });
      const committer = isStaged ? sink.createCommitter?.(attempt) : undefined;
      return {
        writer: written.writer,
        write: node.connector.type === 'stdout' ? makingWay(written.write, options.beforePrint) : written.write,
        ...(committer === undefined ? {} : { committer }),
        ...(encoder?.open === undefined ? {} : { open: () => encoder.open!() }),
      };
    },
  };
}

function readFormat(
  registry: Registry,
  node: SourceNode,
  { maxRecordBytes, baseDir }: StreamGraph['settings'],
): Format {
  const formats = found(registry.formats, node.format, node.id);
  const format = formats.createFormat?.(node.format.options as never, { maxRecordBytes, baseDir });
  if (format === undefined)
    throw new TidegateError('TG405', `${node.id}: the format ${node.format.type} cannot be read`);
  return format;
}

/** Undefined: it is written for people. */
function encoderOf(node: SinkNode, { graph, registry }: EnvironmentOptions): Encoder | undefined {
  if (node.format.type === 'text') return undefined;
  const { baseDir } = graph.settings;
  const encoder = found(registry.formats, node.format, node.id).createEncoder?.(node.format.options as never, {
    baseDir,
  });
  if (encoder === undefined)
    throw new TidegateError('TG405', `${node.id}: the format ${node.format.type} cannot be written`);
  return encoder;
}

/** How payloads are written, and the writer that takes them. */
function payloads(
  writer: SinkWriter,
  encoder: Encoder | undefined,
  types: RecordTypes,
  { graph, style, context }: Pick<EnvironmentOptions, 'graph' | 'style'> & { readonly context: ConnectorContext },
): { readonly writer: SinkWriter; readonly write: PayloadWriter } {
  if (encoder === undefined) {
    const text = new AlertText(types, graph, style);
    return { writer, write: (payload) => text.render(payload) };
  }
  if (encoder.keepsUnwritable !== true) {
    const refuse = (_record: unknown, _id: unknown, reason: string): never => {
      throw new ConnectorError('refused', `egress ${context.name}: a record cannot be written: ${reason}`);
    };
    return { writer, write: encodingWriter(encoder, types, refuse) };
  }
  const rejecting = new RejectingWriter(writer, new RejectedRecords(context));
  return { writer: rejecting, write: encodingWriter(encoder, types, (...rejected) => rejecting.reject(...rejected)) };
}

function makingWay(write: PayloadWriter, beforePrint: () => void): PayloadWriter {
  return (payload) => {
    beforePrint();
    return write(payload);
  };
}

function found<T>(registered: ReadonlyMap<string, T>, { type }: Configured, id: string): T {
  const entry = registered.get(type);
  if (entry === undefined) throw new TidegateError('TG405', `${id}: this build has no ${type}`);
  return entry;
}
