/**
 * The I/O shell of one task: makes snapshots durable and staged epochs visible, and tells the outcome by mail.
 *
 * Invariants
 * - A snapshot counts as durable only when the writer's flush of everything before it has resolved as well.
 * - What a savepoint holds of a sink, its commit needs nothing else of this machine for, as far as the sink can tell.
 * - Operator state that is small stays in the checkpoint's metadata, the rest goes to files of its own.
 */
import type { Committer, SinkWriter, StagedEpoch } from '@tidegate/connectors/api';
import { filesOf } from '../checkpoint/snapshot-files.js';
import { errorOf, messageOf } from '../common/errors.js';
import type { CheckpointBarrier } from '../job/checkpoint-barrier.js';
import type { ChannelStateHandle, OperatorStateHandle, StateBytes } from '../job/state-handle.js';
import type { InFlight } from '../network/in-flight-log.js';
import { checkpointTrace } from '../tracing/checkpoint-trace.js';
import { attemptName, type AttemptId } from '../rpc/task-execution.js';
import type { SnapshotTarget } from '../state/keyed-snapshot.js';
import type { PersistedPart, TaskMail } from '../task/task.js';
import type { SnapshotPart } from '../task/task-host.js';
import type { ChannelStates } from './channel-states.js';
import type { JobEnvironment } from './environment.js';

/** As Apache Flink's `state.storage.fs.memory-threshold`. */
const INLINE_BYTES_MAX = 20 * 1024;

export class TaskIo {
  #deliver: (mail: TaskMail) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #writer: SinkWriter | undefined;
  #committer: Committer | undefined;
  #tookCommit: (ms: number) => void = () => undefined;
  #channels: ChannelStates | undefined;
  /** Of checkpoints that may be committed: when they were triggered. */
  readonly #triggered = new Map<number, number>();

  /** @param job its name */
  constructor(
    private readonly job: string,
    private readonly id: AttemptId,
    private readonly environment: JobEnvironment,
  ) {}

  /** Where answers go. */
  attach(deliver: (mail: TaskMail) => void, fail: (error: Error) => void): void {
    this.#deliver = deliver;
    this.#fail = fail;
  }

  /** @param tookCommit told of each commit how long after the trigger of its checkpoint it was made */
  useSink(writer: SinkWriter, committer: Committer | undefined, tookCommit: (ms: number) => void): void {
    this.#writer = writer;
    this.#tookCommit = tookCommit;
    this.#committer = committer;
  }

  useChannels(channels: ChannelStates): void {
    this.#channels = channels;
  }

  persist(barrier: CheckpointBarrier, part: SnapshotPart): void {
    const { checkpoint, timestamp } = barrier;
    this.#triggered.set(checkpoint, timestamp);
    this.#persist(barrier, part).then(
      (persisted) => this.#deliver({ kind: 'persisted', checkpoint, part: persisted }),
      (error: unknown) => this.#deliver({ kind: 'persist-failed', checkpoint, reason: messageOf(error) }),
    );
  }

  async #persist(barrier: CheckpointBarrier, { keyed, operators, staged }: SnapshotPart): Promise<PersistedPart> {
    const { clock, checkpoints, failpoint } = this.environment;
    failpoint?.('checkpoint.afterSnapshot');
    const start = clock.monotonic();
    const target = new CountingTarget(checkpoints.target(this.id, barrier));
    const [keyedHandle, operatorHandles] = await Promise.all([
      keyed?.persist(target),
      persistOperators(operators, target),
      this.#writer?.flush(),
    ]);
    // Of what was flushed, as a file may be read only when it is whole.
    const epochs = barrier.type === 'savepoint' ? await this.#embed(staged) : staged;
    const keyedHandles = keyedHandle === undefined ? [] : [keyedHandle];
    const files = filesOf({ keyed: keyedHandles, operators: operatorHandles, channels: [] });
    await checkpoints.acknowledged?.(this.id, barrier, files);
    failpoint?.('checkpoint.beforeAcknowledge');
    return {
      keyed: keyedHandles,
      operators: operatorHandles,
      staged: epochs,
      bytes: target.bytes,
      asyncMs: clock.monotonic() - start,
    };
  }

  /** A savepoint is restored elsewhere: it refers to nothing that lies here. */
  #embed(staged: readonly StagedEpoch[]): Promise<readonly StagedEpoch[]> {
    return Promise.all(staged.map(async (epoch) => (await this.#committer?.embed?.(epoch)) ?? epoch));
  }

  persistInFlight(barrier: CheckpointBarrier, inFlight: readonly InFlight[]): void {
    const { checkpoint } = barrier;
    this.#persistInFlight(barrier, inFlight).then(
      (channels) => this.#deliver({ kind: 'in-flight-persisted', checkpoint, channels }),
      (error: unknown) => this.#deliver({ kind: 'persist-failed', checkpoint, reason: messageOf(error) }),
    );
  }

  async #persistInFlight(barrier: CheckpointBarrier, inFlight: readonly InFlight[]): Promise<ChannelStateHandle[]> {
    const target = this.environment.checkpoints.target(this.id, barrier);
    const handles: ChannelStateHandle[] = [];
    for (const { bytes, ...channel } of this.#channels?.write(inFlight) ?? []) {
      const name = `in-flight-${handles.length}`;
      handles.push({ elements: await persistBytes(name, bytes, target), ...channel });
    }
    return handles;
  }

  commit(epochs: readonly StagedEpoch[]): void {
    this.#commit(epochs).catch((error: unknown) => this.#failWith(error));
  }

  flush(): void {
    const writer = this.#writer;
    const flushed = writer?.end?.() ?? writer?.flush() ?? Promise.resolve();
    flushed.then(
      () => this.#deliver({ kind: 'flushed' }),
      (error: unknown) => this.#failWith(error),
    );
  }

  #failWith(error: unknown): void {
    this.#fail(errorOf(error));
  }

  async #commit(epochs: readonly StagedEpoch[]): Promise<void> {
    const committer = this.#committer;
    if (committer === undefined) throw new Error(`${attemptName(this.id)}: nothing was to be committed here`);
    for (const together of committer.commitAll === undefined ? epochs.map((epoch) => [epoch]) : [epochs]) {
      const last = together.at(-1);
      if (last === undefined) continue;
      const start = this.environment.clock.now();
      await (committer.commitAll?.(together) ?? committer.commit(last));
      for (const { epoch } of together) this.#measure(epoch, start);
      this.#deliver({ kind: 'committed', epoch: last.epoch });
    }
  }

  /** Of a checkpoint before a restore it is not known which trace it had. */
  #measure(checkpoint: number, startMs: number): void {
    const { tracer, clock } = this.environment;
    const timestamp = this.#triggered.get(checkpoint);
    for (const older of [...this.#triggered.keys()]) if (older <= checkpoint) this.#triggered.delete(older);
    if (timestamp === undefined) return;
    this.#tookCommit(clock.now() - timestamp);
    if (tracer === undefined) return;
    const root = checkpointTrace(this.job, { checkpoint, timestamp });
    const attributes = { 'tidegate.job': this.job, 'tidegate.task': attemptName(this.id) };
    const context = tracer.ids.within(root);
    tracer.export({ context, parent: root.spanId, name: 'commit', startMs, endMs: clock.now(), attributes });
  }
}

/** Counts what is written for a checkpoint itself. */
class CountingTarget implements SnapshotTarget {
  bytes = 0;

  constructor(private readonly target: SnapshotTarget) {}

  async write(...parameters: Parameters<SnapshotTarget['write']>) {
    const file = await this.target.write(...parameters);
    this.bytes += file.bytes;
    return file;
  }

  share(...parameters: Parameters<SnapshotTarget['share']>) {
    return this.target.share(...parameters);
  }
}

async function persistBytes(name: string, bytes: Uint8Array, target: SnapshotTarget): Promise<StateBytes> {
  return bytes.length <= INLINE_BYTES_MAX ? { inline: bytes } : { file: await target.write(name, [bytes]) };
}

async function persistOperators(
  held: readonly OperatorStateHandle[],
  target: SnapshotTarget,
): Promise<OperatorStateHandle[]> {
  const handles: OperatorStateHandle[] = [];
  for (const handle of held) {
    const { owner, name } = handle;
    const entries: StateBytes[] = [];
    for (const [index, entry] of handle.entries.entries()) {
      entries.push('file' in entry ? entry : await persistBytes(`${owner}-${name}-${index}`, entry.inline, target));
    }
    handles.push({ ...handle, entries });
  }
  return handles;
}
