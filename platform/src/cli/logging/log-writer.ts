/** Writes a process's log: as text for people, or as JSON lines for programs. */
import { printableLines } from '../../common/printable.js';
import type { Log, LogEntry, LogFields } from '../../common/log.js';
import { oneOf } from '../arguments.js';
import { timeText } from '../presentation/time-text.js';
import { systemClock } from '../runtime/system-clock.js';

const FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof FORMATS)[number];

export const LOG_FORMAT_OPTION = { 'log-format': { type: 'string', default: 'text' } } as const;

export const LOG_FORMAT_HELP = `  --log-format json|text
                       of its log, on stderr: lines for people (default), or JSON with time, level, job, task and attempt
`;

/** @throws UsageError */
export function logFormat(text: string): LogFormat {
  return oneOf('log-format', text, FORMATS);
}

/** @param process of which it is: a word before each line */
export function logWriter(process: string, format: LogFormat, write: (text: string) => void): Log {
  return (message, fields = {}) => {
    if (format === 'json') return write(`${jsonLine(process, entryOf(message, fields))}\n`);
    const job = fields.job === undefined ? '' : `${fields.job}: `;
    write(`${process}: ${job}${printableLines(message)}\n`);
  };
}

export function entryOf(message: string, { level = 'info', ...fields }: LogFields = {}): LogEntry {
  return { time: systemClock.now(), level, ...fields, message };
}

function jsonLine(process: string, { time, ...entry }: LogEntry): string {
  return JSON.stringify({ time: new Date(time).toISOString(), process, ...entry });
}

/** As `tidegate logs` shows it. @param place where it was written */
export function entryText({ time, level, task, attempt, message }: LogEntry, place: string): string {
  const about = [attempt === undefined ? undefined : `attempt ${attempt}`, task].filter((part) => part !== undefined);
  const where = about.length === 0 ? place : `${place} (${about.join(', ')})`;
  return `${timeText(time)} ${level.padEnd(5)} ${where}: ${message}`;
}
