/** The server of requests as an application declares it: plain, or with a certificate, for anybody or for those with a token. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { messageOf, TidegateError } from '../../../common/errors.js';
import type { RequestsDescriptor } from '../../../job/function-node.js';
import { systemClock } from '../../runtime/system-clock.js';
import { TokenCallers } from '../../security/token-callers.js';
import { HttpRequestServer, type HttpRequestServerOptions } from './request-server.js';

/** @throws TidegateError TG456, TG485 */
export async function openRequestServer(
  requests: RequestsDescriptor,
  options: Pick<HttpRequestServerOptions, 'log' | 'failpoint' | 'times'>,
): Promise<HttpRequestServer> {
  const callers =
    requests.tokens === undefined ? undefined : new TokenCallers(requests.tokens, systemClock, options.log);
  const createServer = await serverMaker(requests);
  return new HttpRequestServer({
    ...options,
    requests,
    callers,
    clock: systemClock,
    ...(createServer && { createServer }),
  });
}

async function serverMaker({ tls }: RequestsDescriptor): Promise<HttpRequestServerOptions['createServer'] | undefined> {
  if (tls === undefined) return undefined;
  const { createServer } = await import('node:https');
  const secrets = {
    cert: fileText(tls.cert),
    key: fileText(tls.key),
    ...(tls.ca === undefined ? {} : { ca: fileText(tls.ca), requestCert: true, rejectUnauthorized: true }),
  };
  return (limits, serve): Server =>
    createServer({ ...limits, handshakeTimeout: limits.headersTimeout, ...secrets }, serve);
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new TidegateError('TG485', `requests: ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
