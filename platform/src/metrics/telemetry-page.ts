/** The page `docs/telemetry.md`: what there is to know of telemetry, with the table of instruments. */
import { instrumentOf, INSTRUMENTS, type InstrumentName } from './instruments.js';

const INTRODUCTION = `# Telemetry

Generated from \`platform/src/metrics\` by \`npm run schema\`. Do not edit.

Every process (\`tidegate run\`, \`coordinator\`, \`worker\`) measures what it does. Nobody pays for it who does not ask: what tasks
count they count by frames of records, and OpenTelemetry is loaded only when one of these is given.

    tidegate worker --metrics 127.0.0.1:9464                            # for Prometheus, at /metrics
    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 tidegate worker   # metrics and traces to a collector

The variables are OpenTelemetry's own: \`OTEL_EXPORTER_OTLP_{ENDPOINT,HEADERS,PROTOCOL,TIMEOUT,COMPRESSION}\`, also for
\`METRICS\` and \`TRACES\` alone; \`OTEL_{METRICS,TRACES}_EXPORTER=none\`; \`OTEL_METRIC_EXPORT_INTERVAL\`; \`OTEL_SERVICE_NAME\`,
\`OTEL_RESOURCE_ATTRIBUTES\`, \`OTEL_SDK_DISABLED\`. Protocols: \`http/protobuf\` (the default) and \`http/json\`.

What a job does as a whole, over all its workers, the coordinator says: \`tidegate status NAME\`, and
\`/v1/jobs/NAME/metrics\`.

## Metrics

Prometheus has underscores instead of dots, and \`_total\` behind what is counted: \`tidegate_task_records_in_total\`.

- Workers have what their tasks count, the coordinator what is of jobs, checkpoints and slots; \`run\` has all of it. So sums over
  all processes count nothing twice.
- A rate is the reader's: events a second are \`sum(rate(tidegate_ingress_records_total[1m]))\`; the part of its time that a task
  is busy is \`rate(tidegate_task_busy_time_total[1m])\`. The three times of a task add up to 1.
- Of a histogram: 99 % of what an egress commits is there within
  \`histogram_quantile(0.99, sum by (le) (rate(tidegate_egress_commit_duration_bucket[5m])))\` seconds of its checkpoint's trigger.
- Dead letters are \`tidegate.ingress.records.bad\`, \`tidegate.operator.records.keyless\` and \`tidegate.rule.errors\`.
- No label has a key, an attempt or anything else that grows with the data.
`;

const TRACES = `## Traces

- Of each checkpoint one: \`checkpoint\`, and in it for each subtask a \`task\` with \`alignment\` (the barriers of all channels),
  \`snapshot\` (the task stands still), \`upload\`; \`complete\`, when all have acknowledged and it is noted; and for each sink a
  \`commit\`. The commits are the workers' own, on their clocks; everything else is on the coordinator's.
- Of each recovery one: \`recovery\`, and in it \`detect\` (where a worker was lost: from the last that was heard of it until that
  was known), \`cancel\` (old attempts end), \`wait\` (the pause that \`settings.restart\` has, and the fence), \`deploy\` (slots,
  splits), \`restore\` (until all tasks run).
- Of records those that are sampled, from ingress to egress, on whichever workers.

### Traces of records

    OTEL_TRACES_SAMPLER=parentbased_traceidratio OTEL_TRACES_SAMPLER_ARG=0.001 tidegate run

\`OTEL_TRACES_SAMPLER\` is \`always_on\`, \`always_off\`, \`traceidratio\`, or one of these behind \`parentbased_\`, for the ingresses of
a process; \`OTEL_TRACES_SAMPLER_ARG\` is the ratio, from 0 to 1. Where nothing is said, \`parentbased_always_off\`: followed are
records that come with a trace, as their senders want it, and no others. The trace comes in the header \`traceparent\` of a
record (W3C Trace Context), where its ingress has headers: Kafka's messages do, and requests to the ingress \`http\` and to functions. Traces of
checkpoints and recoveries are not sampled: they are few.

    ingresses.clicks > patterns.clicks.1f2e3d4c > alert > egresses.out

| span | from, to | attributes besides \`tidegate.job\`, \`tidegate.task\`, \`tidegate.subtask\` |
| --- | --- | --- |
| a task's name, kind consumer | a record that an ingress has read is given to all that read the ingress | |
| \`functions\` | a request to a function is taken in: its invocation is below it | |
| a task's name | a record is processed by a task's chain of operators | \`tidegate.rule\`, where the task has one rule |
| \`alert\` | an alert is made: in the time that is spent on the record, or watermark, that has brought it | \`tidegate.rule\`, \`tidegate.alert\`: its id |
| \`invocation\` | a function is called for messages of one of its addresses, until what came of it is applied | \`tidegate.function\`, \`tidegate.messages\`: how many |
| a task's name, kind producer | a record is given to the writer of an egress | |

- The time between two spans is time in a channel, or in an operator that waits for a watermark.
- The invocation of a function is in the trace of the last of its messages that is followed, with links to the others', and what the
  function sends and emits goes on in it. Delayed messages and what is restored begin no trace and go on in none.
  Its server is told where a call stands: in \`traceparent\` of the request's head where the request is one call, and in the call itself,
  which functions-sdk gives its handlers as \`context.traceparent\` ([how](../../functions-sdk/README.md#traces)).
- An alert goes on in the trace of the last of its events that is followed, also when time alone has completed its pattern; to
  its other events that are followed it has links. So of a pattern over hours the first span is hours before the last.
- The egress's span is the one with which the record leaves, where the system behind the egress has a place for it: in the header
  \`traceparent\` of Kafka's messages, and as \`telemetry\` of BullMQ's jobs, where its workers look for it.
- A trace ends without an egress where its record is in no alert, and where a function makes nothing of it. It
  also ends where its event is forgotten: events in state that went to disk and was read back, those that were restored from a
  checkpoint, and records that a barrier overtook, when they are restored, are followed no more. What is computed is the same.
- A worker that sends its traces nowhere follows no record, and hands on none: all workers of a job have the same variables.
- At most 4,096 spans are kept in 200 ms for each slot, and 2,048 of a process for the collector (\`OTEL_BSP_MAX_QUEUE_SIZE\`);
  what is beyond that is lost.
`;

const LOGS = `## Logs

Processes of a cluster write their log to stderr; with \`--log-format json\` a JSON object a line: \`time\`, \`process\`, \`level\`
(\`info\`, \`warn\`, \`error\`), \`message\`, and where a line is about a job \`job\`, \`attempt\` (\`EPOCH.ATTEMPT\`) and \`task\`. Values
of \`\${secret:...}\` are in none of them.

The coordinator that leads keeps the last 2,000 lines of each job, its workers' too: \`tidegate logs NAME [--follow]\`, and
\`/v1/jobs/NAME/logs?after=NUMBER\`. The next one that leads begins with none.
`;

export function telemetryPage(): string {
  return `${INTRODUCTION}\n${instrumentsTable()}\n\n${TRACES}\n${LOGS}`;
}

function instrumentsTable(): string {
  const rows = (Object.keys(INSTRUMENTS) as InstrumentName[]).map((name) => {
    const { kind, unit, labels, flink, description } = instrumentOf(name);
    return [`\`${name}\``, kind, `\`${unit}\``, labels.join(', '), description, flink ?? ''];
  });
  const lines = [
    ['name', 'kind', 'unit', 'labels', 'what', 'in Apache Flink, or StateFun'],
    Array<string>(6).fill('---'),
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
