/**
 * Diagnostics for commands that use an application rather than judge it: errors in full, as nothing else will happen;
 * of warnings alone only how many there are, as the command's own output follows each time.
 */
import type { Diagnostic } from '../../common/diagnostic.js';
import { hasErrors, reportText } from './report.js';
import { countText, type TextOptions } from './text.js';

/** `path`: what `tidegate validate` needs to be told to show the warnings. Empty without diagnostics. */
export function briefReport(diagnostics: readonly Diagnostic[], path: string, options: TextOptions): string {
  if (hasErrors(diagnostics)) return reportText(diagnostics, 'text', options);
  const shows = diagnostics.length === 1 ? 'shows it' : 'shows them';
  return diagnostics.length === 0 ? '' : `${countText(diagnostics)}: tidegate validate ${path} ${shows}\n`;
}
