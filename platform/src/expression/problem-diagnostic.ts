/** A problem of an expression's text as a finding at a place of a file. */
import type { Diagnostic, SourceRange } from '../common/diagnostic.js';
import type { Problem } from './problem.js';

export function problemDiagnostic({ code, message, suggestion, hint }: Problem, range: SourceRange): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    range,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(hint === undefined ? {} : { help: hint }),
  };
}
