/** What functions print, line by line, as lines of the log. */
import type { Readable } from 'node:stream';

const LINE_LENGTH_MAX = 4096;

export function logLines(output: Readable, log: (line: string) => void): void {
  let rest = '';
  const tell = (line: string): void => {
    if (line !== '') log(line.slice(0, LINE_LENGTH_MAX));
  };
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop()!.slice(0, LINE_LENGTH_MAX);
    lines.forEach(tell);
  });
  output.once('end', () => tell(rest));
}
