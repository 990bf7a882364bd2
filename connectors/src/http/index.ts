/** The connector `http`: takes records by POST, and sends records by POST; and what others share with it who answer requests. */
import { declareSink, declareSource, type Connector } from '../api/index.js';
import { HttpSink } from './http-sink.js';
import { HttpSource } from './http-source.js';
import { sinkOptions } from './sink-options.js';
import { sourceOptions } from './source-options.js';

export { isOwnOrigin } from './addresses.js';
export { arrivalLimits, type ArrivalTimes } from './arrival-limits.js';
export { encodingFault, formFault } from './content-type.js';
export { isJson } from './json-bytes.js';
export { requestKey, requestKeyFault, requestKeyHeader } from './request-key.js';
export { traceparentIn } from './traceparent.js';

export const http: Connector = {
  name: 'http',
  source: declareSource({
    name: 'http',
    description:
      'Records sent by POST: JSON Lines (application/x-ndjson), a JSON object or a list of them (application/json, and what curl calls a form), or what the format takes. Answered 200 when they are stored on disk, so that none is lost; a body with a bad record is answered 400 with its positions and not taken.',
    options: sourceOptions,
    shorthand: 'port',
    example: 'http: { port: 8088, path: /events }',
    createSource: (options, format, context) => new HttpSource(options, format, context),
  }),
  sink: declareSink({
    name: 'http',
    description:
      'Records sent by POST, in order, again until they are answered 2xx. A request has the same Idempotency-Key each time, so that the receiver can drop repetitions.',
    options: sinkOptions,
    shorthand: 'url',
    example: 'http: { url: "https://alerts.example/hook", headers: { Authorization: "Bearer ${HOOK_TOKEN:none}" } }',
    deliveries: ['none', 'at-least-once'],
    createSink: (options, context) => new HttpSink(options, context),
  }),
};
