/** Functions inside the worker, for one task: a thread for each module, started when it is first called. */
import type { EndpointDescription, InvocationBatch } from '@tidegate/functions-sdk/protocol';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TidegateError } from '../../../common/errors.js';
import type { CallOutcome, Cancel, FunctionClient } from '../../../functions/function-client.js';
import type { ModuleEndpointDescriptor } from '../../../job/function-endpoint.js';
import { compileModule } from './compiled-module.js';
import { EmbeddedEndpoint, type EmbeddedEndpointOptions } from './embedded-endpoint.js';
import type { ModulePolicy } from './module-policy.js';

export interface EmbeddedClientOptions extends Pick<EmbeddedEndpointOptions, 'fail' | 'log' | 'loadLimits'> {
  readonly policy: ModulePolicy;
  /** For the scripts of threads, while they run. Absolute. */
  readonly localDir: string;
}

export class EmbeddedFunctionClient implements FunctionClient<ModuleEndpointDescriptor> {
  readonly #endpoints = new Map<string, EmbeddedEndpoint>();
  #folder: string | undefined;

  constructor(private readonly options: EmbeddedClientOptions) {}

  call(
    endpoint: ModuleEndpointDescriptor,
    batches: readonly InvocationBatch[],
    done: (outcomes: readonly CallOutcome[]) => void,
  ): Cancel {
    return this.#endpoint(endpoint).call(batches, done);
  }

  describe(endpoint: ModuleEndpointDescriptor, done: (told: EndpointDescription) => void): Cancel {
    return this.#endpoint(endpoint).describe(done);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#endpoints.values()].map((endpoint) => endpoint.close()));
    this.#endpoints.clear();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  #endpoint(descriptor: ModuleEndpointDescriptor): EmbeddedEndpoint {
    const known = this.#endpoints.get(descriptor.id);
    if (known !== undefined) return known;
    const { fail, log, loadLimits } = this.options;
    // All threads of a task run what the module was when the first one began.
    let compiled: Promise<string> | undefined;
    const script = (): Promise<string> => (compiled ??= this.#compile(descriptor, this.#endpoints.size));
    const endpoint = new EmbeddedEndpoint({ descriptor, script, fail, log, loadLimits });
    this.#endpoints.set(descriptor.id, endpoint);
    return endpoint;
  }

  async #compile({ file, id }: ModuleEndpointDescriptor, number: number): Promise<string> {
    const refusal = this.options.policy(file);
    if (refusal !== undefined)
      throw new TidegateError('TG484', `${id}: the module ${file} may not run: ${refusal}`, { retriable: false });
    this.#folder ??= makeFolder(this.options.localDir);
    const script = join(this.#folder, `${number}.mjs`);
    await compileModule(file, script);
    return script;
  }
}

function makeFolder(localDir: string): string {
  mkdirSync(localDir, { recursive: true });
  return mkdtempSync(join(localDir, 'functions-'));
}
