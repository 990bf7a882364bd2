/** Modules of functions in a folder of the test's own, and a client of them that notes what it says. */
import type { InvocationBatch } from '@tidegate/functions-sdk/protocol';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedFunctionClient } from '../../../../src/cli/functions/embedded/embedded-function-client.js';
import type { LoadLimits } from '../../../../src/cli/functions/embedded/module-load.js';
import type { ModulePolicy } from '../../../../src/cli/functions/embedded/module-policy.js';
import type { CallOutcome } from '../../../../src/functions/function-client.js';
import type { ModuleEndpointDescriptor } from '../../../../src/job/function-endpoint.js';

const MIB = 1024 * 1024;

export class Modules {
  readonly folder = mkdtempSync(join(tmpdir(), 'function-modules-'));
  readonly said: string[] = [];
  readonly failures: Error[] = [];
  readonly client: EmbeddedFunctionClient;
  #onFailure: (() => void) | undefined;

  constructor(policy: ModulePolicy = () => undefined, loadLimits?: LoadLimits) {
    this.client = new EmbeddedFunctionClient({
      policy,
      loadLimits,
      localDir: join(this.folder, 'local'),
      fail: (error) => {
        this.failures.push(error);
        this.#onFailure?.();
      },
      log: (line) => this.said.push(line),
    });
  }

  /** @returns where it lies */
  write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return file;
  }

  endpoint(name: string, rest: Partial<ModuleEndpointDescriptor> = {}): ModuleEndpointDescriptor {
    return {
      kind: 'module',
      id: 'functions.example/greeter',
      file: join(this.folder, name),
      functions: ['example/greeter'],
      requestsMax: 2,
      timeoutMs: 20_000,
      memoryBytes: 64 * MIB,
      ...rest,
    };
  }

  callAll(endpoint: ModuleEndpointDescriptor, batches: readonly InvocationBatch[]): Promise<readonly CallOutcome[]> {
    return new Promise((resolve) => this.client.call(endpoint, batches, resolve));
  }

  /** Why the job fails for it. */
  async failure(endpoint: ModuleEndpointDescriptor): Promise<Error> {
    const failed = new Promise<void>((resolve) => (this.#onFailure = resolve));
    this.client.describe(endpoint, () => undefined);
    await failed;
    return this.failures[0]!;
  }

  async close(): Promise<void> {
    await this.client.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
