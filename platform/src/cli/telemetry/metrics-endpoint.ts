/**
 * Serves metrics to Prometheus: GET /metrics, and nothing else.
 *
 * Invariants
 * - Where it listens on this machine alone the Host header must name it, so that no page of a browser reads it by a name of
 *   its own.
 * - It keeps no process alive.
 */
import { arrivalLimits } from '@tidegate/connectors/http';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { hostName } from '../../rest/host-name.js';
import { addressText, isLoopback, type ClusterAddress } from '../cluster/cluster-address.js';
import { listening } from '../cluster/worker-server.js';

const CONNECTIONS_MAX = 32;
const HEAD_BYTES_MAX = 8 * 1024;
const REQUEST_MS = 10_000;

export class MetricsEndpoint {
  readonly #server: Server;
  #isLoopback = true;

  constructor(private readonly exporter: PrometheusExporter) {
    const limits = { maxHeaderSize: HEAD_BYTES_MAX, ...arrivalLimits({ requestMs: REQUEST_MS }) };
    this.#server = createServer(limits, (request, response) => this.#serve(request, response));
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.unref();
  }

  /** @returns its URL. @throws TidegateError TG450 */
  async listen(address: ClusterAddress): Promise<string> {
    this.#isLoopback = isLoopback(address.host);
    return `http://${addressText(await listening(this.#server, address))}/metrics`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const status = this.#statusOf(request);
    if (status === 200) return this.exporter.getMetricsRequestHandler(request, response);
    response.writeHead(status, status === 405 ? { allow: 'GET' } : {});
    response.end();
  }

  #statusOf({ method, url = '/', headers }: IncomingMessage): number {
    const name = hostName(headers.host ?? '');
    if (this.#isLoopback && (name === undefined || !isLoopback(name))) return 421;
    if (url.split('?', 1)[0] !== '/metrics') return 404;
    return method === 'GET' ? 200 : 405;
  }
}
