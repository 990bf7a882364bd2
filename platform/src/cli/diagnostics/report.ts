/** Diagnostics in one of the formats of `--format`. */
import type { Diagnostic } from '../../common/diagnostic.js';
import { githubText } from './github.js';
import { diagnosticText, type TextOptions } from './text.js';

export const REPORT_FORMATS = ['text', 'json', 'github'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** People read no more than this; programs get all of them as JSON. */
const MAX_SHOWN = 200;

export function reportText(diagnostics: readonly Diagnostic[], format: ReportFormat, options: TextOptions): string {
  switch (format) {
    case 'text': {
      const shown = diagnostics.slice(0, MAX_SHOWN).map((one) => diagnosticText(one, options));
      const more = diagnostics.length - shown.length;
      return [...shown, ...(more > 0 ? [`... and ${more} more\n`] : [])].join('\n');
    }
    case 'json':
      return `${JSON.stringify({ valid: !hasErrors(diagnostics), diagnostics }, null, 2)}\n`;
    case 'github':
      return diagnostics.slice(0, MAX_SHOWN).map(githubText).join('');
  }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((one) => one.severity === 'error');
}
