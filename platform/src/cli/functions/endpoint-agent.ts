/** The connections of one endpoint: kept for the next request, the last one that was used first, so that the others may go. */
import { Agent as PlainAgent, type AgentOptions } from 'node:http';
import { Agent as SecureAgent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import type { EndpointTls } from '../../job/function-endpoint.js';
import { EndpointCertificates } from './endpoint-tls.js';

/** Shorter than servers keep idle connections by default, but for Node's 5 s, which it says in a header that is heeded. */
const IDLE_MS = 15_000;
/** The scheduler of calls bounds them long before. */
const CONNECTIONS_MAX = 1024;

const OPTIONS: AgentOptions = {
  keepAlive: true,
  noDelay: true,
  scheduling: 'lifo',
  timeout: IDLE_MS,
  maxSockets: CONNECTIONS_MAX,
  maxFreeSockets: CONNECTIONS_MAX,
};

/** @throws Error for certificates that cannot be used */
export function endpointAgent(secure: boolean, tls: EndpointTls | undefined): PlainAgent {
  if (!secure) return new PlainAgent(OPTIONS);
  return tls === undefined ? new SecureAgent(OPTIONS) : new CertifiedAgent(new EndpointCertificates(tls));
}

/** Looks at the certificates for each connection; a session that is resumed would show those of the first one. */
class CertifiedAgent extends SecureAgent {
  constructor(private readonly certificates: EndpointCertificates) {
    super({ ...OPTIONS, maxCachedSessions: 0 });
  }

  override createConnection(options: RequestOptions, callback?: (error: Error | null, socket: Duplex) => void) {
    const { context: secureContext } = this.certificates;
    const certified: RequestOptions & Pick<ConnectionOptions, 'secureContext'> = { ...options, secureContext };
    return super.createConnection(certified, callback);
  }
}
