/** Submissions as tests need them. */
import type { JobSubmission } from '../../../src/coordinator/dispatcher/job-submission.js';

export function submissionOf(name: string, hash = 'hash', submittedAt = 1): JobSubmission {
  return { name, hash, id: `${name}-${hash}`, files: [{ file: 'a.yaml', text: 'name: x' }], baseDir: '/', submittedAt };
}
