/** `tidegate coordinator`: takes jobs and has workers run them; or runs one application so, and ends with it. */
import { resolve } from 'node:path';
import { parseArguments } from '../arguments.js';
import { assertFit, objectStorageFrom } from '../cluster/checkpoints-option.js';
import { highAvailabilityFrom } from '../high-availability/high-availability-option.js';
import { createApiServer } from '../cluster/api-server.js';
import { addressText, parseAddress } from '../cluster/cluster-address.js';
import { heartbeatOf, HEARTBEAT_TIMEOUT_MS_MIN } from '../cluster/cluster-connection.js';
import { CLUSTER_DEFAULTS } from '../cluster/cluster-defaults.js';
import type { Coordinator } from '../cluster/coordinator.js';
import { CoordinatorProcess } from '../cluster/coordinator-process.js';
import { COORDINATOR_GUARD_HELP, COORDINATOR_GUARD_OPTIONS, guardCoordinator } from '../cluster/guards.js';
import { durationFrom } from '../cluster/option-values.js';
import { runApplication } from '../cluster/run-application.js';
import { stopSignal } from '../cluster/stop-signal.js';
import { listening } from '../cluster/worker-server.js';
import { LOG_FORMAT_HELP, LOG_FORMAT_OPTION, logFormat, logWriter } from '../logging/log-writer.js';
import { openTelemetry } from '../telemetry/telemetry.js';
import { METRICS_HELP, METRICS_OPTION, telemetrySettings } from '../telemetry/telemetry-settings.js';
import { EXIT, UsageError, type Command, type Io } from '../io.js';

const usage = `Usage: tidegate coordinator [--listen HOST:PORT] [--workers HOST:PORT] [--state-dir FOLDER] [--cluster NAME]
                            [--checkpoints s3://BUCKET/PREFIX] [--s3-endpoint URL] [--heartbeat-timeout DURATION] [--lease DURATION]
                            [--high-availability redis://HOST:PORT/DATABASE] [--application PATH] [--metrics HOST:PORT]
                            [--advertise HOST:PORT] [--log-format json|text]
                            [--tls-certificate FILE --tls-key FILE --tls-ca FILE] [--tokens FILE] [--insecure]

Takes jobs (tidegate submit, or its API) and has workers (tidegate worker) run them, until SIGINT or SIGTERM. Jobs that have
not ended then, or when it was killed, are taken up by the next coordinator with the same folder, and go on from their latest
checkpoint. Of several with the same folder one leads, and the others stand by. On addresses
that other machines reach it listens only with TLS and tokens.

  --listen HOST:PORT   the API; default ${CLUSTER_DEFAULTS.api}. /v1/openapi.json describes it
  --workers HOST:PORT  where workers connect; default ${CLUSTER_DEFAULTS.workers}
  --state-dir FOLDER   for the jobs and their checkpoints; default ${CLUSTER_DEFAULTS.stateDir}. Workers must reach it, too
  --checkpoints s3://BUCKET/PREFIX
                       keep checkpoints and savepoints in object storage instead; credentials and region are taken from the
                       AWS_* variables (and files) of each process
  --s3-endpoint URL    of a store other than AWS; default: what AWS_ENDPOINT_URL says
  --high-availability redis://HOST:PORT/DATABASE
                       keep who leads and which jobs there are in this Redis instead (rediss:// for TLS): then coordinators
                       that stand in for each other need no folder in common. With a password: in the variable
                       TIDEGATE_HIGH_AVAILABILITY
  --cluster NAME       workers of another cluster are refused; default ${CLUSTER_DEFAULTS.cluster}
  --heartbeat-timeout DURATION
                       a worker of which nothing is heard for so long is lost; default ${CLUSTER_DEFAULTS.heartbeatTimeout}
  --lease DURATION     who leads has this lease, and renews it; another leads when it is over; default ${CLUSTER_DEFAULTS.lease}
  --application PATH   run this application alone, and end with it: 0 when it has finished or was stopped, otherwise 1.
                       One that had ended begins again, unless it was killed before it could say so: then it says it.
${METRICS_HELP}${LOG_FORMAT_HELP}${COORDINATOR_GUARD_HELP}`;

/** Less would be over while a disk is slow. */
const LEASE_MS_MIN = 500;

async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    listen: { type: 'string', default: CLUSTER_DEFAULTS.api },
    workers: { type: 'string', default: CLUSTER_DEFAULTS.workers },
    'state-dir': { type: 'string', default: CLUSTER_DEFAULTS.stateDir },
    checkpoints: { type: 'string' },
    's3-endpoint': { type: 'string' },
    'high-availability': { type: 'string' },
    cluster: { type: 'string', default: CLUSTER_DEFAULTS.cluster },
    'heartbeat-timeout': { type: 'string', default: CLUSTER_DEFAULTS.heartbeatTimeout },
    lease: { type: 'string', default: CLUSTER_DEFAULTS.lease },
    application: { type: 'string' },
    ...METRICS_OPTION,
    ...LOG_FORMAT_OPTION,
    ...COORDINATOR_GUARD_OPTIONS,
  });
  if (positionals.length > 0) throw new UsageError(`${JSON.stringify(positionals[0])} is not expected`);
  const api = parseAddress('listen', values.listen);
  const workers = parseAddress('workers', values.workers);
  const objectStorage = objectStorageFrom(values.checkpoints, values['s3-endpoint']);
  if (objectStorage !== undefined) await assertFit(objectStorage);
  const log = logWriter('coordinator', logFormat(values['log-format']), (text) => io.err(text));
  const guard = await guardCoordinator(values, { api, workers }, io, log);
  const stateDir = resolve(io.cwd, values['state-dir']);
  const highAvailability = await highAvailabilityFrom({
    option: values['high-availability'],
    env: io.env,
    cluster: values.cluster,
    stateDir,
    log,
  });
  const settings = telemetrySettings(
    { role: 'coordinator', cluster: values.cluster },
    values.metrics,
    io.env,
    values.insecure,
  );
  const telemetry = await openTelemetry(settings, log);
  const process = new CoordinatorProcess({
    stateDir,
    highAvailability,
    ...(objectStorage === undefined ? {} : { objectStorage }),
    cluster: values.cluster,
    sockets: guard.sockets,
    heartbeat: heartbeatOf(durationFrom('heartbeat-timeout', values['heartbeat-timeout'], HEARTBEAT_TIMEOUT_MS_MIN)),
    leaseMs: durationFrom('lease', values.lease, LEASE_MS_MIN),
    env: io.env,
    cwd: io.cwd,
    workers,
    telemetry,
    log,
  });
  const rest = await createApiServer(process, api, guard, log);
  const stop = stopSignal();
  telemetry.watch(() => process.readings());
  const { application } = values;
  try {
    const bound = await listening(rest.server, api);
    const address = guard.advertised ?? bound;
    log(`the API is at ${guard.scheme}://${addressText(address)}`);
    const leads = (coordinator: Coordinator): Promise<number> =>
      application === undefined ? new Promise(() => undefined) : runApplication(application, coordinator, stop, io);
    return (await process.run(address, stop, leads)) ?? EXIT.fine;
  } finally {
    await rest.close();
    await telemetry.close();
    await highAvailability.close();
  }
}

export const coordinator: Command = { usage, run };
