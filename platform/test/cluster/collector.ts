/** A collector of OTLP over HTTP with JSON: keeps what it was sent. See https://opentelemetry.io/docs/specs/otlp/. */
import { createServer, type IncomingMessage, type Server } from 'node:http';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** As OTLP numbers them: 1 internal, 4 producer, 5 consumer. */
  readonly kind: number;
  /** Identifiers of spans. */
  readonly links: readonly string[];
  readonly name: string;
  /** Of the process that has sent it. */
  readonly service: string;
  readonly instance: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isFailed: boolean;
}

export interface CollectedMetric {
  readonly name: string;
  readonly unit: string;
  readonly service: string;
  readonly points: readonly { readonly attributes: Readonly<Record<string, unknown>>; readonly value: number }[];
}

export class Collector {
  readonly spans: CollectedSpan[] = [];
  readonly metrics: CollectedMetric[] = [];
  readonly #server: Server;
  #port = 0;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#take(request).then((status) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end('{}');
      });
    });
    this.#server.unref();
  }

  static async start(): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    const address = collector.#server.address();
    if (typeof address === 'object' && address !== null) collector.#port = address.port;
    return collector;
  }

  /** Of a process that is to send here, soon. */
  get env(): Readonly<Record<string, string>> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    };
  }

  /** A span and those above it, the first of its trace last. */
  upwards(span: CollectedSpan): readonly CollectedSpan[] {
    const parent = this.spans.find(({ spanId }) => spanId === span.parentSpanId);
    return parent === undefined ? [span] : [span, ...this.upwards(parent)];
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #take(request: IncomingMessage): Promise<number> {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
    if (request.headers['content-type'] !== 'application/json') return 415;
    const body = JSON.parse(text) as Body;
    switch (request.url) {
      case '/v1/metrics':
        this.metrics.push(...(body.resourceMetrics ?? []).flatMap(metricsIn));
        return 200;
      case '/v1/traces':
        this.spans.push(...(body.resourceSpans ?? []).flatMap(spansIn));
        return 200;
      default:
        return 404;
    }
  }
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}
interface OfResource {
  readonly resource: { readonly attributes: readonly Attribute[] };
}
interface Point {
  readonly attributes: readonly Attribute[];
  readonly asDouble?: number;
  readonly asInt?: number | string;
  readonly sum?: number;
}
interface Points {
  readonly dataPoints: readonly Point[];
}
interface ResourceMetrics extends OfResource {
  readonly scopeMetrics: readonly {
    readonly metrics: readonly {
      readonly name: string;
      readonly unit: string;
      readonly sum?: Points;
      readonly gauge?: Points;
      readonly histogram?: Points;
    }[];
  }[];
}
interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly links?: readonly { readonly spanId: string }[];
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code: number };
}
interface ResourceSpans extends OfResource {
  readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
}
interface Body {
  readonly resourceMetrics?: readonly ResourceMetrics[];
  readonly resourceSpans?: readonly ResourceSpans[];
}

const STATUS_ERROR = 2;

function metricsIn({ resource, scopeMetrics }: ResourceMetrics): CollectedMetric[] {
  const service = String(plain(resource.attributes)['service.name']);
  return scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .map(({ name, unit, sum, gauge, histogram }) => ({
      name,
      unit,
      service,
      points: ((sum ?? gauge ?? histogram)?.dataPoints ?? []).map((point) => {
        return { attributes: plain(point.attributes), value: Number(point.asDouble ?? point.asInt ?? point.sum) };
      }),
    }));
}

function spansIn({ resource, scopeSpans }: ResourceSpans): CollectedSpan[] {
  const of = plain(resource.attributes);
  return scopeSpans
    .flatMap(({ spans }) => spans)
    .map(({ parentSpanId, startTimeUnixNano, endTimeUnixNano, attributes, status, links = [], ...span }) => ({
      ...{ traceId: span.traceId, spanId: span.spanId, name: span.name, kind: span.kind },
      ...{ attributes: plain(attributes), isFailed: status.code === STATUS_ERROR },
      links: links.map(({ spanId }) => spanId),
      ...(parentSpanId === undefined || parentSpanId === '' ? {} : { parentSpanId }),
      ...{ service: String(of['service.name']), instance: String(of['service.instance.id']) },
      ...{ startMs: Number(startTimeUnixNano) / 1e6, endMs: Number(endTimeUnixNano) / 1e6 },
    }));
}

function plain(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
