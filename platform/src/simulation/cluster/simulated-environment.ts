/**
 * The world of a simulated worker as the task manager asks for it: its clock, the probes' source, the sinks,
 * stores on the heap, and the shared files of checkpoints.
 */
import type { OutgoingRecord } from '@tidegate/connectors/api';
import { subtaskFolder } from '../../checkpoint/storage-layout.js';
import { TidegateError } from '../../common/errors.js';
import type { CheckpointBarrier } from '../../job/checkpoint-barrier.js';
import type { StateBytes, StateFile } from '../../job/state-handle.js';
import type { Payload } from '../../network/element.js';
import { DeadLetter } from '../../record/dead-letter.js';
import type { StreamRecord } from '../../record/stream-record.js';
import type { AttemptId } from '../../rpc/task-execution.js';
import { HeapKeyedStore } from '../../state/heap/heap-keyed-store.js';
import { readHandlesNow } from '../../state/restore/read-handles.js';
import type { SnapshotTarget } from '../../state/keyed-snapshot.js';
import type { CheckpointFiles, JobEnvironment } from '../../taskmanager/environment.js';
import { SimulatedFunctionClient } from '../functions/simulated-function-client.js';
import type { Parcel } from '../functions/parcel.js';
import type { SimulatedProcess } from '../kernel/simulated-process.js';
import { PLAIN_FORMAT, SimulatedSource } from '../workload/simulated-source.js';
import { writeOutputLine, type OutputLine } from '../workload/probe-record.js';
import type { SimulatedWorld } from './simulated-world.js';

/** One for all worlds: what is compiled for it is. */
const NO_TABLES: JobEnvironment['tables'] = new Map();

/** Until a turn of the event loop comes round. */
const YIELD_MS = { min: 0.02, max: 4 };

export function simulatedEnvironment(world: SimulatedWorld, process: SimulatedProcess): JobEnvironment {
  const { random, options } = world;
  const yieldToEventLoop = (): Promise<void> =>
    new Promise((resolve) => {
      process.schedule(random.between(YIELD_MS.min, YIELD_MS.max) * process.slowness, resolve);
    });
  return {
    clock: process,
    observer: world.coverage,
    spill: {
      create: () => {
        throw new Error('no input is sorted here');
      },
    },
    tables: NO_TABLES,
    yieldToEventLoop,
    createSource: () => ({ source: new SimulatedSource(world.input, world, process, random), format: PLAIN_FORMAT }),
    createSink({ name, delivery }, _types, attempt, fail) {
      const sink = (world.fileOutput ?? world.kafkaOutput).sink(process, name, fail);
      return {
        writer: sink.createWriter({ delivery, ...attempt }),
        write: writeLine,
        committer: sink.createCommitter!(attempt),
      };
    },
    createFunctionClient: () =>
      new SimulatedFunctionClient(
        process,
        random.fork(`functions of ${process.name} ${process.incarnation}`),
        options.functions!.describes,
        world.lostAnswers,
      ),
    random,
    openKeyedStore: (options) => {
      const contentOf = (file: StateFile): Uint8Array => wholeFile(world, file);
      return Promise.resolve(new HeapKeyedStore(options, readHandlesNow(options.restored, contentOf, options)));
    },
    checkpoints: new SimulatedCheckpointFiles(world, process),
  };
}

/** What the probes and functions put out, alerts by their ids, late events by their place, and dead letters by their parcel. */
function writeLine(payload: Payload): NonNullable<OutgoingRecord['payload'] & string> {
  if (payload instanceof DeadLetter) return writeOutputLine(['letter', (payload.raw as Parcel).id]);
  const { value, split, offset, alert } = payload as StreamRecord;
  if (alert !== undefined) return writeOutputLine(['alert', alert.id]);
  return writeOutputLine((value['line'] as OutputLine | undefined) ?? ['late', `${split.id}@${offset}`]);
}

class SimulatedCheckpointFiles implements CheckpointFiles {
  constructor(
    private readonly world: SimulatedWorld,
    private readonly process: SimulatedProcess,
  ) {}

  target(id: AttemptId, barrier: CheckpointBarrier): SnapshotTarget {
    const folder = subtaskFolder(id, barrier);
    return {
      write: async (name, chunks) => {
        const parts: Uint8Array[] = [];
        for await (const chunk of chunks) parts.push(chunk);
        return this.#write(`${folder}${name}`, Buffer.concat(parts));
      },
      share: () => Promise.reject(new Error('stores on the heap share no files')),
    };
  }

  async read(bytes: StateBytes): Promise<Uint8Array> {
    if ('inline' in bytes) return bytes.inline;
    return Promise.resolve(wholeFile(this.world, bytes.file));
  }

  async *readChunks(file: StateFile): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(wholeFile(this.world, file));
  }

  #write(name: string, bytes: Uint8Array): Promise<StateFile> {
    return new Promise((resolve, reject) => {
      this.world.stateFiles.write(this.process, name, bytes, (outcome) => {
        if ('file' in outcome) resolve(outcome.file);
        else reject(new Error(outcome.error));
      });
    });
  }
}

/** @throws TidegateError TG421 as a store over real files does */
function wholeFile(world: SimulatedWorld, file: StateFile): Uint8Array {
  const content = world.stateFiles.read(file);
  if (content === undefined) throw new TidegateError('TG421', `${file.name} is missing or not whole`);
  return content;
}
