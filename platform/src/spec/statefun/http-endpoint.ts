/**
 * `io.statefun.endpoints.v2/http` and `v1/http` as a type of functions. What a field has by default is what StateFun's code does, not
 * its documentation: the transport is the asynchronous one.
 */
import { rangeOf } from '../read/object-level.js';
import type { Node, ScalarNode } from '../text/node.js';
import type { ApplicationPart } from './application-part.js';
import type { SpecFields } from './spec-fields.js';
import { mapNode, textNode } from './written-node.js';

const ASYNC = 'io.statefun.transports.v1/async';
const OKHTTP = 'io.statefun.transports.v1/okhttp';
const DEFAULT_BATCH = 1000;
/** What a call of ours has at most. */
const BATCH_MAX = 100_000;
/** What is under way to one URL at most. A connection of StateFun's pool has one request at a time. */
const REQUESTS_MAX = 1024;
const TWO_MINUTES_MS = 120_000;
const ONE_MINUTE_MS = 60_000;
/** Of each part of a call of the other transport. */
const TEN_SECONDS_MS = 10_000;

/** Milliseconds. */
interface Times {
  readonly call: number;
  readonly connect: number;
  readonly read?: number | undefined;
  readonly write?: number | undefined;
}

export function endpointV2(spec: SpecFields): readonly ApplicationPart[] {
  const transport = spec.map('transport');
  const type = transport?.typename('type');
  if (type !== undefined && type.text !== ASYNC && type.text !== OKHTTP)
    transport!.wrong('type', type, `${ASYNC} or ${OKHTTP}`);
  if (transport === undefined) return functionOf(spec, { call: TWO_MINUTES_MS, connect: 20_000 });
  if (type?.text === OKHTTP) return functionOf(spec, okhttpTimes(transport));
  return functionOf(spec, asyncTimes(transport), asyncWay(transport));
}

export function endpointV1(spec: SpecFields): readonly ApplicationPart[] {
  return functionOf(spec, okhttpTimes(spec));
}

function functionOf(
  spec: SpecFields,
  { call, connect, read, write }: Times,
  way: Readonly<Record<string, Node | undefined>> = {},
): readonly ApplicationPart[] {
  const functions = spec.typename('functions', true);
  const url = spec.text('urlPathTemplate', true);
  const batch = spec.integer('maxNumBatchRequests') ?? DEFAULT_BATCH;
  if (functions === undefined || url === undefined) return [];
  if (/\*/.test(functions.text.replace(/\/\*$/, ''))) {
    spec.wrong('functions', functions, 'namespace/name, or namespace/* for all of a namespace');
    return [];
  }
  const ms = (value: number | undefined): ScalarNode | undefined =>
    value === undefined ? undefined : textNode(spec.node, `${value}ms`);
  const http = mapNode(spec.node, {
    url,
    maxBatch: textNode(url, batch <= 0 ? BATCH_MAX : Math.min(batch, BATCH_MAX)),
    timeout: ms(call),
    connectTimeout: ms(Math.min(connect, call)),
    readTimeout: ms(read),
    writeTimeout: ms(write),
    allowPrivate: isHostWritten(url.text) ? textNode(url, true) : undefined,
    ...way,
  });
  return [{ section: 'functions', name: functions.text, node: mapNode(functions, { http }), id: functions.text }];
}

/**
 * Whether the author says which host is called, and no message does. Then it may have a private address whatever its name, as in
 * StateFun: a module has no place to say so.
 */
function isHostWritten(url: string): boolean {
  const { host } = /^https?:\/\/(?<host>[^/?#]*)/i.exec(url)?.groups ?? {};
  return host !== undefined && !host.includes('{function.name}');
}

/** Its `timeouts` are there for those who come from the other transport, and bring that one's defaults with them. */
function asyncTimes(transport: SpecFields): Times {
  const [call, connect] = [transport.duration('call'), transport.duration('connect')];
  const timeouts = transport.map('timeouts');
  if (timeouts === undefined) return { call: call ?? TWO_MINUTES_MS, connect: connect ?? 20_000 };
  return { call: timeouts.duration('call') ?? ONE_MINUTE_MS, connect: timeouts.duration('connect') ?? TEN_SECONDS_MS };
}

function asyncWay(transport: SpecFields): Readonly<Record<string, Node | undefined>> {
  const answerBytes = transport.integer('payload_max_bytes');
  // Connections are kept in our own way; nothing that is written of them would be wrong here.
  transport.duration('pool_ttl');
  const connections = transport.integer('pool_size');
  const file = (key: string): ScalarNode | undefined => {
    const node = transport.text(key);
    return node && textNode(node, node.text.replace(/^classpath:/, ''));
  };
  const files = {
    ca: file('trust_cacerts'),
    cert: file('client_cert'),
    key: file('client_key'),
    keyPassword: file('client_key_password'),
  };
  const hasFiles = Object.values(files).some((node) => node !== undefined);
  return {
    requests:
      connections === undefined
        ? undefined
        : textNode(transport.node, Math.min(Math.max(connections, 1), REQUESTS_MAX)),
    maxAnswer: answerBytes === undefined ? undefined : textNode(transport.node, sizeText(answerBytes)),
    tls: hasFiles ? mapNode(transport.node, files) : undefined,
  };
}

function okhttpTimes(fields: SpecFields): Times {
  const timeouts = fields.map('timeouts');
  const call = timeouts?.duration('call') ?? ONE_MINUTE_MS;
  const part = (key: string): number => {
    const ms = timeouts?.duration(key);
    if (ms !== undefined && ms > call)
      fields.diagnostics.error('TG113', `${fields.at(`timeouts.${key}`)} is longer than the whole call`, {
        range: rangeOf(timeouts!.node),
      });
    return Math.min(ms ?? TEN_SECONDS_MS, call);
  };
  return { call, connect: part('connect'), read: part('read'), write: part('write') };
}

/** Sizes have nine digits at most. */
function sizeText(bytes: number): string {
  return bytes < 1e9 ? `${bytes}B` : `${Math.ceil(bytes / 1024)}KiB`;
}
