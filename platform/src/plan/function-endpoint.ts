/** Where a type of functions is served, with its defaults written out and its files absolute. */
import { resolve } from 'node:path';
import type { EndpointDescriptor, EndpointTls, HttpEndpointDescriptor } from '../job/function-endpoint.js';
import type { FunctionType, FunctionWay } from '../spec/application.js';

/** Calls of a module under way: one runs, and the next is there when it ends. */
const MODULE_CALLS = 2;

export function functionEndpoint({ name, way }: FunctionType, baseDir: string): EndpointDescriptor {
  const id = `functions.${name}`;
  if (way.kind === 'http') return httpEndpoint(id, way.http, baseDir);
  const { file, timeout, memory } = way.module;
  return {
    kind: 'module',
    id,
    file: resolve(baseDir, file),
    functions: [name],
    requestsMax: MODULE_CALLS,
    timeoutMs: timeout,
    memoryBytes: memory,
  };
}

type HttpWay = Extract<FunctionWay, { kind: 'http' }>['http'];

function httpEndpoint(id: string, http: HttpWay, baseDir: string): HttpEndpointDescriptor {
  const { url, requests, timeout, connectTimeout, readTimeout, writeTimeout, maxAnswer } = http;
  const { secrets = [], tls, allowPrivate } = http;
  return {
    kind: 'http',
    id,
    url,
    ...(requests === undefined ? {} : { requestsMax: requests }),
    timeoutMs: timeout,
    connectTimeoutMs: connectTimeout,
    ...(readTimeout === undefined ? {} : { readTimeoutMs: readTimeout }),
    ...(writeTimeout === undefined ? {} : { writeTimeoutMs: writeTimeout }),
    maxAnswerBytes: maxAnswer,
    ...(secrets.length === 0 ? {} : { secrets }),
    ...(tls === undefined ? {} : { tls: absolute(tls, baseDir) }),
    ...(allowPrivate === undefined ? {} : { allowPrivate }),
  };
}

function absolute(tls: NonNullable<HttpWay['tls']>, baseDir: string): EndpointTls {
  const files = Object.entries(tls).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, resolve(baseDir, file)]],
  );
  return Object.fromEntries(files) as EndpointTls;
}
