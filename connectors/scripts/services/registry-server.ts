/**
 * A schema registry for tests, on this machine: it answers as Confluent's ("Schema Registry API Reference"), as far as it is asked here, and
 * keeps what it is told in memory.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoredSchema {
  readonly schema: string;
  readonly schemaType?: string;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const UNKNOWN_SUBJECT = 40401;
const UNKNOWN_SCHEMA = 40403;

export class RegistryServer {
  /** What was asked, as `POST /subjects/alerts-value`. */
  readonly asked: string[] = [];
  /** What every question is answered with, in place of what is right. */
  failing: Answer | undefined;
  /** By their ids, from 1. */
  readonly #schemas: StoredSchema[] = [];
  /** Ids, by subject. */
  readonly #subjects = new Map<string, number[]>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('request', (request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
        response.end(JSON.stringify(body));
      });
    });
  }

  static async open(): Promise<RegistryServer> {
    const server = createServer();
    await listening(server, 0);
    return new RegistryServer(server, (server.address() as AddressInfo).port);
  }

  /** After a close, at the same address and with what it knew. */
  reopen(): Promise<void> {
    return listening(this.server, this.port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** @returns its id */
  register(subject: string, schema: StoredSchema): number {
    const known = this.#schemas.findIndex((other) => isSame(other, schema)) + 1;
    const id = known > 0 ? known : this.#schemas.push(schema);
    const ids = this.#subjects.get(subject) ?? [];
    if (!ids.includes(id)) this.#subjects.set(subject, [...ids, id]);
    return id;
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { method = '', url = '' } = request;
    this.asked.push(`${method} ${url}`);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (this.failing !== undefined) return this.failing;
    const [, kind, name = '', versions, version] = url.split('/').map(decodeURIComponent);
    if (kind === 'schemas') return this.#byId(Number(version ?? versions));
    if (method === 'GET') return this.#version(name, version ?? '');
    const schema = JSON.parse(Buffer.concat(parts).toString()) as StoredSchema;
    return versions === undefined ? this.#find(name, schema) : found({ id: this.register(name, schema) });
  }

  #byId(id: number): Answer {
    const schema = this.#schemas[id - 1];
    return schema === undefined ? unknown(UNKNOWN_SCHEMA) : found(schema);
  }

  #version(subject: string, version: string): Answer {
    const ids = this.#subjects.get(subject) ?? [];
    const id = version === 'latest' ? ids.at(-1) : ids[Number(version) - 1];
    return id === undefined ? unknown(UNKNOWN_SUBJECT) : found({ subject, id, ...this.#schemas[id - 1] });
  }

  #find(subject: string, schema: StoredSchema): Answer {
    const ids = this.#subjects.get(subject);
    if (ids === undefined) return unknown(UNKNOWN_SUBJECT);
    const id = ids.find((other) => isSame(this.#schemas[other - 1]!, schema));
    return id === undefined ? unknown(UNKNOWN_SCHEMA) : found({ subject, id });
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}

function isSame(one: StoredSchema, other: StoredSchema): boolean {
  return one.schema === other.schema && one.schemaType === other.schemaType;
}

function found(body: object): Answer {
  return { status: 200, body };
}

function unknown(code: number): Answer {
  return { status: 404, body: { error_code: code, message: 'not found' } };
}
