/** Diagnostics in one of the formats of `--format`. */
import type { Diagnostic } from '../../common/diagnostic.js';
import { githubText } from './github.js';
import { diagnosticText, type TextOptions } from './text.js';

export const REPORT_FORMATS = ['text', 'json', 'github'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export function reportText(diagnostics: readonly Diagnostic[], format: ReportFormat, options: TextOptions): string {
  switch (format) {
    case 'text':
      return diagnostics.map((one) => diagnosticText(one, options)).join('\n');
    case 'json':
      return `${JSON.stringify({ valid: !hasErrors(diagnostics), diagnostics }, null, 2)}\n`;
    case 'github':
      return diagnostics.map(githubText).join('');
  }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((one) => one.severity === 'error');
}
