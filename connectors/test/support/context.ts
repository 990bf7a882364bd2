/** A host for connectors under test: a folder of its own, real timers, and failures kept to be looked at. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectorContext } from '../../src/api/index.js';

export interface TestContext extends ConnectorContext {
  readonly failures: Error[];
  readonly lines: string[];
  /** Rejects with the first failure that is reported. */
  readonly failed: Promise<never>;
  remove(): Promise<void>;
}

export function createContext(options: { readonly seed?: number; readonly dir?: string } = {}): TestContext {
  const baseDir = options.dir ?? mkdtempSync(join(tmpdir(), 'tidegate-connectors-'));
  const failures: Error[] = [];
  const lines: string[] = [];
  let reject: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, rejected) => {
    reject = rejected;
  });
  failed.catch(() => undefined);
  let state = options.seed ?? 1;
  return {
    job: 'test',
    name: 'events',
    baseDir,
    stateDir: join(baseDir, 'state'),
    now: () => 1_700_000_000_000,
    schedule: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    random: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    },
    fail: (error) => {
      failures.push(error);
      reject(error);
    },
    log: (line) => lines.push(line),
    failures,
    lines,
    failed,
    remove: () => rm(baseDir, { recursive: true, force: true }),
  };
}
