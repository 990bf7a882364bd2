/**
 * An alert as a person reads it: rule, severity, key and time, the message, the selected values, and the matched events
 * stage by stage. Control characters of data are escaped, so that no record can write to the terminal what it likes.
 */
import type { FieldType, RecordType, ValueType } from '../../expression/index.js';
import { renderValue, UNTYPED } from '../../expression/index.js';
import type { Payload } from '../../network/element.js';
import type { RecordTypes } from '../../operators/sink/outgoing.js';
import { DeadLetter } from '../../record/dead-letter.js';
import type { AlertEnvelope, StreamRecord } from '../../record/stream-record.js';

export interface TextStyle {
  /** ANSI colours. */
  readonly colour: boolean;
  /** Characters to a line; longer lines are cut. */
  readonly width: number;
}

const SEVERITY_COLOUR: Readonly<Record<string, number>> = { critical: 35, high: 31, medium: 33, low: 36, informational: 34 };
/** Of a long stage the first and the last events are shown. */
const EVENTS_PER_STAGE_MAX = 6;

export class AlertText {
  constructor(
    private readonly types: RecordTypes,
    private readonly style: TextStyle,
  ) {}

  /** Several lines without a trailing line end. */
  render(payload: Payload): string {
    if (payload instanceof DeadLetter) return this.#line(`✗ ${payload.where} ${payload.split}:${payload.offset}  ${payload.reason}`);
    if (payload.alert === undefined) return this.#line(`· ${payload.source}  ${timeText(payload.timestamp)}  ${this.#fields(payload)}`);
    return this.#alert(payload, payload.alert);
  }

  #alert(record: StreamRecord, alert: AlertEnvelope): string {
    const key = alert.key === undefined ? '' : `  ${printable(keyText(alert.key))}`;
    const reached = alert.timedOutAt === undefined ? '' : `  (timed out after ${alert.timedOutAt})`;
    const head = `${this.#severity(alert.severity)}  ${this.#bold(alert.rule)}${key}  ${timeText(alert.time)}${reached}`;
    const lines = [head];
    if (alert.message !== undefined) lines.push(this.#line(`  ${printable(alert.message)}`));
    const selected = alert.isSelected ? this.#fields(record) : '';
    if (selected !== '' && alert.message === undefined) lines.push(this.#line(`  ${selected}`));
    const width = Math.max(0, ...alert.stages.map((stage) => stage.name.length));
    for (const stage of alert.stages) lines.push(...this.#stage(stage.name.padEnd(width), stage.events));
    return lines.join('\n');
  }

  #stage(name: string, events: readonly StreamRecord[]): string[] {
    const shown = events.length <= EVENTS_PER_STAGE_MAX ? events : [...events.slice(0, EVENTS_PER_STAGE_MAX - 1), events.at(-1)!];
    const lines = shown.map((event, i) => {
      const label = i === 0 ? name : ' '.repeat(name.length);
      return this.#line(`    ${label}  ${timeText(event.timestamp)}  ${this.#fields(event)}`);
    });
    if (shown.length < events.length) {
      lines.splice(-1, 0, `    ${' '.repeat(name.length)}  ... ${events.length - shown.length} more`);
    }
    return lines;
  }

  #fields(record: StreamRecord): string {
    const type: RecordType = this.types.get(record.source) ?? UNTYPED;
    const declared = Object.entries(type.fields);
    const fields: [string, FieldType | undefined][] =
      declared.length > 0 ? declared : Object.keys(record.value).map((name) => [name, undefined]);
    return fields
      .filter(([name]) => Object.hasOwn(record.value, name))
      .map(([name, field]) => `${printable(name)}=${fieldText(record.value[name], field)}`)
      .join(' ');
  }

  #severity(severity: string): string {
    const text = severity.toUpperCase();
    return this.style.colour ? `\u001b[${SEVERITY_COLOUR[severity] ?? 37};1m${text}\u001b[0m` : text;
  }

  #bold(text: string): string {
    return this.style.colour ? `\u001b[1m${text}\u001b[0m` : text;
  }

  #line(text: string): string {
    return text.length <= this.style.width ? text : `${text.slice(0, this.style.width - 1)}…`;
  }
}

function keyText(key: unknown): string {
  return Array.isArray(key) ? key.map(String).join(', ') : String(key);
}

function fieldText(value: unknown, field: FieldType | undefined): string {
  if (field?.pii === true) return '***';
  const type: ValueType = field?.type ?? { kind: 'dyn' };
  const text = type.kind === 'record' || (typeof value === 'object' && value !== null) ? compactJson(value) : renderValue(value, type);
  return printable(text);
}

function compactJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)) ?? '';
}

/** Event time to the second, in UTC; milliseconds only where there are any. */
function timeText(millis: number): string {
  return new Date(millis).toISOString().replace('T', ' ').replace('.000Z', 'Z');
}

/** Data on one line: control characters as escapes. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
