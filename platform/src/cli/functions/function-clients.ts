/** Whatever way functions are served: over HTTP, or in a thread of this process. */
import type { EndpointDescription, InvocationBatch } from '@tidegate/functions-sdk/protocol';
import type { CallFailure, CallOutcome, Cancel, FunctionClient } from '../../functions/function-client.js';
import type {
  EndpointDescriptor,
  HttpEndpointDescriptor,
  ModuleEndpointDescriptor,
} from '../../job/function-endpoint.js';

export interface FunctionClientsOptions {
  readonly http: FunctionClient<HttpEndpointDescriptor>;
  readonly module: FunctionClient<ModuleEndpointDescriptor>;
}

export class FunctionClients implements FunctionClient {
  constructor(private readonly options: FunctionClientsOptions) {}

  call(
    endpoint: EndpointDescriptor,
    batches: readonly InvocationBatch[],
    done: (outcomes: readonly CallOutcome[]) => void,
  ): Cancel {
    if (endpoint.kind === 'http') return this.options.http.call(endpoint, batches, done);
    return this.options.module.call(endpoint, batches, done);
  }

  describe(endpoint: EndpointDescriptor, done: (told: EndpointDescription | CallFailure) => void): Cancel {
    if (endpoint.kind === 'http') return this.options.http.describe(endpoint, done);
    return this.options.module.describe(endpoint, done);
  }

  async close(): Promise<void> {
    await Promise.all([this.options.http.close(), this.options.module.close()]);
  }
}
