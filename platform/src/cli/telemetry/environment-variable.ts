/** A variable as OpenTelemetry's specification has it: an empty one is none. */
import type { Io } from '../io.js';

export function variableOf(env: Io['env'], name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
