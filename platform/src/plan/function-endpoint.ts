/** Where a type of functions is served, with its defaults written out and its files absolute. */
import { resolve } from 'node:path';
import type { EndpointDescriptor, EndpointTls } from '../job/function-endpoint.js';
import type { FunctionType } from '../spec/application.js';

export function functionEndpoint({ name, http }: FunctionType, baseDir: string): EndpointDescriptor {
  const { url, requests, timeout, connectTimeout, readTimeout, writeTimeout, maxAnswer } = http;
  const { secrets = [], tls, allowPrivate } = http;
  return {
    kind: 'http',
    id: `functions.${name}`,
    url,
    requestsMax: requests,
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

function absolute(tls: NonNullable<FunctionType['http']['tls']>, baseDir: string): EndpointTls {
  const files = Object.entries(tls).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, resolve(baseDir, file)]],
  );
  return Object.fromEntries(files) as EndpointTls;
}
