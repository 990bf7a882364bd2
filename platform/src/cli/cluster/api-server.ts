/** The coordinator's API, guarded as its command line says. */
import type { ApiHost } from '../../rest/cluster-service.js';
import { RestServer, type RestTls } from '../../rest/rest-server.js';
import { ROUTES } from '../../rest/routes.js';
import { systemClock } from '../runtime/system-clock.js';
import type { TlsCredentials } from '../security/tls-credentials.js';
import { TokenCallers } from '../security/token-callers.js';
import { LOOPBACK, type ClusterAddress } from './cluster-address.js';
import type { CoordinatorGuard } from './guards.js';

/** @param address where it is to listen @throws TidegateError TG456 */
export async function createApiServer(
  host: ApiHost,
  address: ClusterAddress,
  { credentials, tokens, advertised = address }: CoordinatorGuard,
  log: (message: string) => void,
): Promise<RestServer> {
  const names = [...LOOPBACK, address.host.toLowerCase(), advertised.host.toLowerCase()];
  return new RestServer(host, ROUTES, {
    hosts: () => [...names, ...(credentials?.hosts ?? [])],
    ...(credentials === undefined ? {} : { tls: await tlsOf(credentials) }),
    ...(tokens === undefined ? {} : { callers: new TokenCallers(tokens, systemClock, log) }),
    log,
  });
}

async function tlsOf(credentials: TlsCredentials): Promise<RestTls> {
  const { createServer } = await import('node:https');
  return { createServer, credentials: () => credentials.bytes };
}
