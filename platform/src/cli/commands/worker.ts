/** `tidegate worker`: gives slots of this machine to a coordinator. */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArguments } from '../arguments.js';
import { parseAddress } from '../cluster/cluster-address.js';
import { CLUSTER_DEFAULTS } from '../cluster/cluster-defaults.js';
import { runWorker } from '../cluster/worker-process.js';
import { stopSignal } from '../cluster/stop-signal.js';
import { heartbeatOf, HEARTBEAT_TIMEOUT_MS_MIN } from '../cluster/cluster-connection.js';
import { guardWorker, WORKER_GUARD_HELP, WORKER_GUARD_OPTIONS } from '../cluster/guards.js';
import { durationFrom, positiveInteger } from '../cluster/option-values.js';
import { LOG_FORMAT_HELP, LOG_FORMAT_OPTION, logFormat, logWriter } from '../logging/log-writer.js';
import { openTelemetry } from '../telemetry/telemetry.js';
import { METRICS_HELP, METRICS_OPTION, telemetrySettings } from '../telemetry/telemetry-settings.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate worker [--coordinator HOST:PORT] [--slots N] [--cluster NAME] [--data-dir FOLDER]
                       [--heartbeat-timeout DURATION] [--metrics HOST:PORT] [--log-format json|text]
                       [--data-host HOST] [--tls-certificate FILE --tls-key FILE --tls-ca FILE] [--insecure]

Runs tasks of jobs for a coordinator, until SIGINT or SIGTERM. A slot holds one subtask of each task of a job, in a thread of
its own. Told to end, it stays until its jobs have gone on elsewhere behind a checkpoint, 30 s at most; a second signal ends it
at once. When the coordinator is gone, what runs is ended, and the worker offers its slots again until one is there.

  --coordinator HOST:PORT  where the coordinator takes workers; default ${CLUSTER_DEFAULTS.workers}. Of coordinators that stand in
                           for each other all of them, with commas in between
  --slots N                how many slots; default 1
  --cluster NAME           of the cluster, as the coordinator has it; default ${CLUSTER_DEFAULTS.cluster}
  --data-dir FOLDER        for databases and what does not fit into memory; default: the system's temporary folder.
                           On the disk of the checkpoints, files need not be copied.
  --heartbeat-timeout DURATION
                           a coordinator of which nothing is heard for so long is gone; default ${CLUSTER_DEFAULTS.heartbeatTimeout}
${METRICS_HELP}${LOG_FORMAT_HELP}${WORKER_GUARD_HELP}`;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    coordinator: { type: 'string', default: CLUSTER_DEFAULTS.workers },
    slots: { type: 'string', default: '1' },
    cluster: { type: 'string', default: CLUSTER_DEFAULTS.cluster },
    'data-dir': { type: 'string', default: tmpdir() },
    'heartbeat-timeout': { type: 'string', default: CLUSTER_DEFAULTS.heartbeatTimeout },
    ...METRICS_OPTION,
    ...LOG_FORMAT_OPTION,
    ...WORKER_GUARD_OPTIONS,
  });
  if (positionals.length > 0) throw new UsageError(`${JSON.stringify(positionals[0])} is not expected`);
  const coordinators = values.coordinator.split(',').map((address) => parseAddress('coordinator', address));
  const log = logWriter('worker', logFormat(values['log-format']), (text) => io.err(text));
  const guard = await guardWorker(values, coordinators, io, log);
  const dataDir = resolve(io.cwd, values['data-dir']);
  await mkdir(dataDir, { recursive: true });
  const settings = telemetrySettings(
    { role: 'worker', cluster: values.cluster },
    values.metrics,
    io.env,
    values.insecure,
  );
  const options = {
    ...guard,
    coordinators,
    cluster: values.cluster,
    heartbeat: heartbeatOf(durationFrom('heartbeat-timeout', values['heartbeat-timeout'], HEARTBEAT_TIMEOUT_MS_MIN)),
    slots: positiveInteger('slots', values.slots),
    dataDir,
    log,
  };
  const telemetry = await openTelemetry(settings, log);
  try {
    await runWorker({ ...options, telemetry }, stopSignal());
  } finally {
    await telemetry.close();
  }
  return EXIT.fine;
}

export const worker: Command = { usage, run };
