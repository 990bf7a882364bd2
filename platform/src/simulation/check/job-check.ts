/** Holds what a job has put out against what it must put out. */
export interface JobCheck {
  /** @param output all that is committed so far: what was checked before is its beginning */
  check(output: readonly string[]): void;
  /** Nothing more will come: what is missing now is lost. */
  checkEnd(): void;
}
