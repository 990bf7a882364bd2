/**
 * The catalogue of diagnostic codes, in one place: `platform/docs/diagnostics.md` is generated from it.
 *
 * Invariants
 * - A code is never given another meaning; a code that is no longer used is not used again.
 * - TG1xx the file and its structure, TG2xx expressions, TG3xx rules and the plan, TG4xx the run.
 */
import { expressionCodes } from './expression.js';
import { planCodes } from './plan.js';
import { runtimeCodes } from './runtime.js';
import { specCodes } from './spec.js';

/** What a code means, for the page of codes. */
export interface CodeEntry {
  /** A few words. */
  readonly title: string;
  /** When it happens and what to do. */
  readonly description: string;
}

export const diagnosticCodes = { ...specCodes, ...expressionCodes, ...planCodes, ...runtimeCodes } as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;
