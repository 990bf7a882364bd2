/** Remote functions over HTTP: the endpoints of a job, opened when they are first called. */
import { AddressRules, type AddressPolicy, type Resolve } from '@tidegate/connectors/calling';
import type { EndpointDescription, InvocationBatch } from '@tidegate/functions-sdk/protocol';
import { lookup } from 'node:dns';
import type { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { CallFailure, CallOutcome, Cancel, FunctionClient } from '../../functions/function-client.js';
import type { HttpEndpointDescriptor } from '../../job/function-endpoint.js';
import { later } from './later.js';
import { RemoteEndpoint } from './remote-endpoint.js';
import { requestFailure } from './request-failure.js';

export interface HttpFunctionClientOptions {
  readonly clock: Clock;
  readonly policy: AddressPolicy;
  /** Instead of the machine's own way. */
  readonly resolve?: Resolve;
}

export class HttpFunctionClient implements FunctionClient<HttpEndpointDescriptor> {
  readonly #endpoints = new Map<string, RemoteEndpoint>();

  constructor(private readonly options: HttpFunctionClientOptions) {}

  call(
    endpoint: HttpEndpointDescriptor,
    batches: readonly InvocationBatch[],
    done: (outcomes: readonly CallOutcome[]) => void,
  ): Cancel {
    const remote = this.#endpoint(endpoint);
    if (remote instanceof RemoteEndpoint) return remote.call(batches, done);
    return later(() => done(batches.map(() => remote)));
  }

  describe(endpoint: HttpEndpointDescriptor, done: (told: EndpointDescription | CallFailure) => void): Cancel {
    const remote = this.#endpoint(endpoint);
    if (remote instanceof RemoteEndpoint) return remote.describe(done);
    return later(() => done(remote));
  }

  close(): Promise<void> {
    for (const endpoint of this.#endpoints.values()) endpoint.close();
    this.#endpoints.clear();
    return Promise.resolve();
  }

  /** What the endpoint's settings rule out is told with each call: an application that was checked has nothing of the kind. */
  #endpoint(descriptor: HttpEndpointDescriptor): RemoteEndpoint | CallFailure {
    const known = this.#endpoints.get(descriptor.id);
    if (known !== undefined) return known;
    const { clock, policy, resolve = lookup } = this.options;
    try {
      const rules = new AddressRules({ ...policy, allowPrivate: descriptor.allowPrivate });
      const remote = new RemoteEndpoint(descriptor, { rules, resolve, now: () => clock.now() });
      this.#endpoints.set(descriptor.id, remote);
      return remote;
    } catch (error) {
      return requestFailure('unreachable', `${descriptor.id}: ${messageOf(error)}`);
    }
  }
}
