/**
 * Asks the API of a coordinator, or of whichever of several answers and knows who leads.
 *
 * Invariants
 * - What it answers is what its document promises, or an error with what it said: TG450 where nobody answers as a
 *   coordinator does, TG451 where it refuses; retriable where another may lead soon.
 * - What changes something is asked of the next one only where the one before cannot have heard it.
 * - Who is asked over TLS is asked over TLS wherever it leads to, and its token goes nowhere else.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { JobLogEntry } from '../../coordinator/job-log.js';
import type { Diagnostic } from '../../common/diagnostic.js';
import { TidegateError } from '../../common/errors.js';
import type {
  JobDetails,
  JobMetricsView,
  JobOverview,
  JobResultView,
  Submission,
  WorkerView,
} from '../../rest/cluster-service.js';
import type { AddressService } from '../../rest/address-service.js';
import { statusOf } from '../../rest/api-error.js';
import type { Method } from '../../rest/route.js';
import { tlsProblem } from '../security/tls-problem.js';
import { RemoteAddresses } from '../functions/addresses/remote-addresses.js';
import { addressText, type ClusterAddress } from './cluster-address.js';

interface Answered {
  readonly status: number;
  /** Where a standby leads to. */
  readonly location: string | undefined;
  readonly body: unknown;
}

/** An application with errors, in the words of the coordinator. */
export class InvalidApplication extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super('the application has errors');
  }
}

export interface ApiTarget extends ClusterAddress {
  /** Coordinators that are asked where this one is not there, or knows nobody who leads. */
  readonly others?: readonly ClusterAddress[];
  /** Absent: without TLS. */
  readonly tls?: { /** PEM; absent: the authorities that Node knows. */ readonly ca?: string };
  readonly token?: string;
}

/** What only looks is answered soon, or by nobody: longer than the coordinator itself waits for a task. */
const LOOK_MS_MAX = 90_000;

export class ApiClient {
  /** @param lookMsMax how long an answer may take that changes nothing; others may take as long as a savepoint does */
  constructor(
    private readonly target: ApiTarget,
    private readonly lookMsMax = LOOK_MS_MAX,
  ) {}

  /** @throws InvalidApplication, TidegateError */
  async submit(submission: Submission): Promise<{ readonly job: JobOverview; readonly isNew: boolean }> {
    const { status, body } = await this.#ask('POST', '/v1/jobs', submission);
    return { job: body as JobOverview, isNew: status === 201 };
  }

  async jobs(): Promise<readonly JobOverview[]> {
    return ((await this.#ask('GET', '/v1/jobs')).body as { readonly jobs: readonly JobOverview[] }).jobs;
  }

  async workers(): Promise<readonly WorkerView[]> {
    return ((await this.#ask('GET', '/v1/workers')).body as { readonly workers: readonly WorkerView[] }).workers;
  }

  async job(name: string): Promise<JobDetails> {
    return (await this.#ask('GET', pathOf(name))).body as JobDetails;
  }

  /** @param after the number of the last that was seen */
  async logs(name: string, after: number): Promise<readonly JobLogEntry[]> {
    const { body } = await this.#ask('GET', `${pathOf(name)}/logs?after=${after}`);
    return (body as { readonly entries: readonly JobLogEntry[] }).entries;
  }

  async metrics(name: string): Promise<JobMetricsView> {
    return (await this.#ask('GET', `${pathOf(name)}/metrics`)).body as JobMetricsView;
  }

  async result(name: string): Promise<JobResultView> {
    return (await this.#ask('GET', `${pathOf(name)}/result`)).body as JobResultView;
  }

  async cancel(name: string): Promise<void> {
    await this.#ask('POST', `${pathOf(name)}/cancel`);
  }

  /** @returns the savepoint's folder */
  async stop(name: string, drain: boolean): Promise<string> {
    return folderIn(await this.#ask('POST', `${pathOf(name)}/stop`, { drain }));
  }

  async savepoint(name: string): Promise<string> {
    return folderIn(await this.#ask('POST', `${pathOf(name)}/savepoint`));
  }

  async delete(name: string): Promise<void> {
    await this.#ask('DELETE', pathOf(name));
  }

  /** @returns the job as it is now: it may wait for slots */
  async rescale(name: string, parallelism: number): Promise<JobOverview> {
    return (await this.#ask('POST', `${pathOf(name)}/rescale`, { parallelism })).body as JobOverview;
  }

  /** Of a job's functions. */
  addresses(name: string): AddressService {
    return new RemoteAddresses(`${pathOf(name)}/functions`, (...asked) => this.#ask(...asked));
  }

  async #ask(method: Method, path: string, body?: unknown): Promise<Answered> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { others = [] } = this.target;
    for (const address of others.length === 0 ? [] : [this.target, ...others.slice(0, -1)]) {
      try {
        return await this.#askAt(address, method, path, text);
      } catch (error) {
        if (!(error instanceof TidegateError && error.retriable)) throw error;
        if (error instanceof AnswerLost && method !== 'GET') throw error;
      }
    }
    return this.#askAt(others.at(-1) ?? this.target, method, path, text);
  }

  async #askAt(address: ClusterAddress, method: Method, path: string, text: string | undefined): Promise<Answered> {
    let answered = await this.#send(address, method, path, text);
    // Once: who leads nowhere is not followed in circles.
    if (answered.location !== undefined)
      answered = await this.#send(this.#leadTo(answered.location), method, path, text);
    const { status } = answered;
    if (status < 300) return answered;
    const { code, message, diagnostics } = (answered.body as { readonly error?: Partial<ApiProblem> }).error ?? {};
    if (code === 'invalid' && diagnostics !== undefined) throw new InvalidApplication(diagnostics);
    const retriable = status === UNAVAILABLE || answered.location !== undefined;
    throw new TidegateError('TG451', message ?? `the coordinator answers with status ${status}`, { retriable });
  }

  #leadTo(location: string): ClusterAddress {
    const { protocol, hostname, port } = new URL(location);
    const isTls = this.target.tls !== undefined;
    if (protocol !== (isTls ? 'https:' : 'http:'))
      throw new TidegateError(
        'TG450',
        `the coordinator leads to ${location}, which is ${isTls ? 'without' : 'with'} TLS`,
      );
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
  }

  async #send(address: ClusterAddress, method: Method, path: string, text: string | undefined): Promise<Answered> {
    const { host, port } = address;
    const { tls, token } = this.target;
    const headers = {
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const { request: ask } = tls === undefined ? { request: httpRequest } : await import('node:https');
    return new Promise((resolve, reject) => {
      let mayBeHeard = false;
      const lost = (error: unknown): void => {
        const message = `no coordinator answers at ${addressText(address)}: ${tlsProblem(error)}`;
        reject(mayBeHeard ? new AnswerLost(message) : new TidegateError('TG450', message, { retriable: true }));
      };
      const request = ask({ host, port, method, path, headers, ...tls }, (response) => {
        readJson(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, location: response.headers.location, body }),
          lost,
        );
      });
      request.on('socket', (socket) => {
        // One that was used before is connected already.
        if (!socket.connecting) mayBeHeard = true;
        else socket.once('connect', () => (mayBeHeard = true));
      });
      request.on('error', lost);
      if (method === 'GET')
        request.setTimeout(this.lookMsMax, () => request.destroy(new Error(`nothing for ${this.lookMsMax} ms`)));
      request.end(text);
    });
  }
}

/** Nobody knows whether it was done. */
class AnswerLost extends TidegateError {
  constructor(message: string) {
    super('TG450', message, { retriable: true });
  }
}

const UNAVAILABLE = statusOf('unavailable');

interface ApiProblem {
  readonly code: string;
  readonly message: string;
  readonly diagnostics: readonly Diagnostic[];
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk as string;
  return JSON.parse(text);
}

function pathOf(name: string): string {
  return `/v1/jobs/${encodeURIComponent(name)}`;
}

function folderIn({ body }: Answered): string {
  return (body as { readonly folder: string }).folder;
}
