/** Collects findings while the front goes on, so that all of them are shown at once. */
import type { Diagnostic, DiagnosticCode } from '../common/diagnostic.js';

export type DiagnosticDetails = Omit<Diagnostic, 'code' | 'severity' | 'message'>;

export class DiagnosticBag {
  private readonly found: Diagnostic[] = [];

  error(code: DiagnosticCode, message: string, details: DiagnosticDetails = {}): void {
    this.found.push({ code, severity: 'error', message, ...details });
  }

  warning(code: DiagnosticCode, message: string, details: DiagnosticDetails = {}): void {
    this.found.push({ code, severity: 'warning', message, ...details });
  }

  sorted(): readonly Diagnostic[] {
    return sortedByPlace(this.found);
  }
}

/** In the order of the files and of the places in them; what has no place comes last. */
export function sortedByPlace(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...diagnostics].sort(byPlace);
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.range === undefined || b.range === undefined)
    return Number(a.range === undefined) - Number(b.range === undefined);
  if (a.range.file !== b.range.file) return a.range.file < b.range.file ? -1 : 1;
  return a.range.line - b.range.line || a.range.column - b.range.column;
}
