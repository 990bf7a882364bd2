/** The page of diagnostic codes, in Markdown, from the catalogue. */
import { diagnosticCodes, type CodeEntry } from './index.js';

export function diagnosticsPage(): string {
  const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(diagnosticCodes);
  return [
    '# Diagnostic codes',
    '',
    'Generated from `platform/src/common/diagnostic-codes` by `npm run schema`. Do not edit.',
    '',
    'TG1xx: the file and its structure. TG2xx: expressions. TG3xx: rules and the plan. TG4xx: the run.',
    '',
    '| code | what | when |',
    '| --- | --- | --- |',
    ...entries.map(
      ([code, { title, description }]) => `| ${code} | ${title} | ${description.replaceAll('|', '\\|')} |`,
    ),
    '',
  ].join('\n');
}
