/**
 * The bound on one evaluation's work: elements visited and text made. An expression that would need more gives an error
 * instead of holding up its thread. Evaluation is synchronous, so one counter serves all; it is set anew when
 * the evaluation of an expression begins.
 */
import { EvaluationError } from './evaluation.js';

/** Elements visited plus characters made; tens of milliseconds at worst. */
export const WORK_LIMIT = 1_000_000;

let left = WORK_LIMIT;

export function resetWork(): void {
  left = WORK_LIMIT;
}

/** Counts the work; false when there is none left, and then the caller gives `workExceeded()`. 0 asks alone. */
export function spendWork(amount: number): boolean {
  left -= amount;
  return left >= 0;
}

export function workExceeded(): EvaluationError {
  return new EvaluationError('limit_exceeded', `the expression needs more than ${WORK_LIMIT} steps for one event`);
}
