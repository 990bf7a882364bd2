/**
 * A task: one subtask of a chain of operators, as a synchronous state machine that its host steps.
 *
 * Invariants
 * - `step` never blocks and does a bounded piece of work: at most one frame, or one batch of a source.
 * - A task that has no credit in an output or no input answers `waiting` and changes nothing.
 * - After `done` it is not stepped again.
 */
export type StepResult = 'progress' | 'waiting' | 'done';

export interface Task {
  /** Vertex and subtask, as `rules.card-testing[0]`. */
  readonly id: string;
  step(): StepResult;
  /** Releases what the task holds in the outer world. Called once, also after a failure. */
  close(): Promise<void>;
}
