/** Diagnostics as GitHub Actions' workflow commands, which annotate the lines of a pull request. */
import type { Diagnostic } from '../../common/diagnostic.js';

export function githubText({ code, severity, message, suggestion, help, range }: Diagnostic): string {
  const properties = {
    ...(range === undefined
      ? {}
      : { file: range.file, line: range.line, col: range.column, endLine: range.endLine, endColumn: range.endColumn }),
    title: code,
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const meant = suggestion === undefined ? '' : `; did you mean ${JSON.stringify(suggestion)}?`;
  const text = `${message}${meant}${help === undefined ? '' : `\n${help}`}`;
  return `::${severity} ${list.join(',')}::${escapeData(text)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
