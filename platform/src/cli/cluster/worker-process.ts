/**
 * The process of a worker: offers its slots to the coordinator, and again, under another name, whenever the connection
 * has ended. It needs no coordinator to be there.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { Log } from '../../common/log.js';
import type { Heartbeat } from '../../rpc/worker-messages.js';
import { plural } from '../presentation/numbers-text.js';
import { createRegistry } from '../registry.js';
import { systemClock } from '../runtime/system-clock.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { Sockets } from '../transport/sockets.js';
import type { DataPlane } from './assigned-job.js';
import { addressText, type ClusterAddress } from './cluster-address.js';
import { makeWorkerFolder } from './worker-folder.js';
import { WorkerSession } from './worker-session.js';

export interface WorkerProcessOptions {
  /** One of them leads; they are tried in turn. */
  readonly coordinators: readonly ClusterAddress[];
  readonly cluster: string;
  readonly heartbeat: Heartbeat;
  readonly slots: number;
  /** There the worker makes a folder of its own, and removes it in the end. */
  readonly dataDir: string;
  readonly telemetry: Telemetry;
  /** To the coordinators. */
  readonly sockets: Sockets;
  readonly data: DataPlane;
  readonly log: Log;
}

const RECONNECT_MS = 500;
/** So long it may take until its jobs go on elsewhere; then they fail over. */
const LEAVE_MS = 30_000;

/** Resolves when it was told to stop, and everything has ended. */
export async function runWorker(options: WorkerProcessOptions, stop: AbortSignal): Promise<void> {
  const { dataDir, cluster, heartbeat, slots, sockets, data, telemetry, log } = options;
  const localDir = await makeWorkerFolder(dataDir);
  const registry = createRegistry();
  /** Why there is no coordinator, since there was one: each reason is told once. */
  const said = new Set<string>();
  const say = (message: string): void => {
    if (!said.has(message)) log(message);
    said.add(message);
  };
  for (let turn = 0; !stop.aborted; turn++) {
    const name = randomUUID();
    const coordinator = options.coordinators[turn % options.coordinators.length]!;
    const connect = (): Socket => sockets.connect(coordinator, 'coordinator');
    await session(
      { cluster, name, heartbeat, slots, localDir, registry, data, telemetry, log },
      coordinator,
      connect,
      stop,
      {
        opened: (place) => {
          said.clear();
          log(`offers ${plural(slots, 'slot')} to the coordinator at ${place}`);
        },
        lost: (place, reason) => say(`no coordinator at ${place}: ${reason}`),
      },
    );
    await pause(RECONNECT_MS, stop);
  }
  await rm(localDir, { recursive: true, force: true });
}

function session(
  options: ConstructorParameters<typeof WorkerSession>[1],
  coordinator: ClusterAddress,
  connect: () => Socket,
  stop: AbortSignal,
  told: { opened(place: string): void; lost(place: string, reason: string): void },
): Promise<void> {
  return new Promise((resolve) => {
    const place = addressText(coordinator);
    const worker = new WorkerSession(connect(), options, {
      opened: () => told.opened(place),
      done: (error) => {
        stop.removeEventListener('abort', leave);
        cancel();
        if (!stop.aborted) told.lost(place, error?.message ?? 'it has closed the connection');
        resolve();
      },
    });
    let cancel = (): void => undefined;
    const leave = (): void => {
      cancel = systemClock.schedule(LEAVE_MS, () => worker.close());
      worker.leave();
    };
    stop.addEventListener('abort', leave);
  });
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      stop.removeEventListener('abort', done);
      resolve();
    };
    const cancel = systemClock.schedule(ms, done);
    stop.addEventListener('abort', done);
    if (stop.aborted) done();
  });
}
