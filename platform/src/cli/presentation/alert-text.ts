/**
 * An alert as a person reads it: rule, severity, key and time, the message, the selected values, and the matched events
 * stage by stage. Personal data is masked, and control characters are escaped, so that no record can write to the terminal
 * what it likes.
 */
import { printable } from '../../common/printable.js';
import { UNTYPED } from '../../expression/index.js';
import { rulesOf } from '../../job/graph-index.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import type { Payload } from '../../network/element.js';
import type { RecordTypes } from '../../operators/sink/outgoing.js';
import { MASK } from '../../plan/personal-data.js';
import { DeadLetter } from '../../record/dead-letter.js';
import type { AlertEnvelope, StreamRecord } from '../../record/stream-record.js';
import { fieldsText } from './fields-text.js';
import { plural, timeText } from './numbers-text.js';

export interface TextStyle {
  /** ANSI colours. */
  readonly colour: boolean;
  /** Characters to a line; longer lines are cut. */
  readonly width: number;
}

const SEVERITY_COLOUR: Readonly<Record<string, number>> = {
  critical: 35,
  high: 31,
  medium: 33,
  low: 36,
  informational: 34,
};
/** Of a long stage the first and the last events are shown. */
const EVENTS_PER_STAGE_MAX = 6;

export class AlertText {
  /** Paths of the time fields by ingress. */
  readonly #timeFields: ReadonlyMap<string, readonly string[]>;
  /** Names of the rules whose keys are masked. */
  readonly #personalKeys: ReadonlySet<string>;

  constructor(
    private readonly types: RecordTypes,
    graph: StreamGraph,
    private readonly style: TextStyle,
  ) {
    this.#timeFields = new Map(graph.sources.map(({ name, time }) => [name, time.field ?? []]));
    const rules = graph.operators.flatMap(rulesOf);
    this.#personalKeys = new Set(rules.filter((rule) => rule.personalKey).map(({ name }) => name));
  }

  /** Several lines without a trailing line end. */
  render(payload: Payload): string {
    if (payload instanceof DeadLetter)
      return this.#line(printable(`✗ ${payload.where} ${payload.split}:${payload.offset}  ${payload.reason}`));
    if (payload.alert === undefined)
      return this.#line(`· ${printable(payload.source)}  ${timeText(payload.timestamp)}  ${this.#fields(payload)}`);
    return this.#alert(payload, payload.alert);
  }

  #alert(record: StreamRecord, alert: AlertEnvelope): string {
    const key = this.#key(alert);
    const keyPart = key === undefined ? '' : `  ${key}`;
    const reached = alert.timedOutAt === undefined ? '' : `  (timed out after ${alert.timedOutAt})`;
    const head = `${this.#severity(alert.severity)}  ${this.#bold(printable(alert.rule))}${keyPart}  ${timeText(alert.time)}${reached}`;
    const lines = [head];
    if (alert.message !== undefined) lines.push(this.#line(`  ${printable(alert.message)}`));
    const selected = alert.isSelected ? this.#fields(record) : '';
    if (selected !== '' && alert.message === undefined) lines.push(this.#line(`  ${selected}`));
    const width = Math.max(0, ...alert.stages.map((stage) => stage.name.length));
    for (const stage of alert.stages) lines.push(...this.#stage(stage.name.padEnd(width), stage.events));
    return lines.join('\n');
  }

  #key({ rule, key }: AlertEnvelope): string | undefined {
    if (key === undefined) return undefined;
    return this.#personalKeys.has(rule) ? MASK : printable(keyText(key));
  }

  #stage(name: string, events: readonly StreamRecord[]): string[] {
    const shown =
      events.length <= EVENTS_PER_STAGE_MAX ? events : [...events.slice(0, EVENTS_PER_STAGE_MAX - 1), events.at(-1)!];
    const lines = shown.map((event, i) => {
      const label = i === 0 ? name : ' '.repeat(name.length);
      return this.#line(`    ${label}  ${timeText(event.timestamp)}  ${this.#fields(event)}`);
    });
    if (shown.length < events.length) {
      lines.splice(-1, 0, `    ${' '.repeat(name.length)}  ... ${plural(events.length - shown.length, 'event')} more`);
    }
    return lines;
  }

  #fields(record: StreamRecord): string {
    return fieldsText(record.value, this.types.get(record.source) ?? UNTYPED, this.#timeFields.get(record.source));
  }

  #severity(severity: string): string {
    const text = severity.toUpperCase();
    return this.style.colour ? `\u001b[${SEVERITY_COLOUR[severity] ?? 37};1m${text}\u001b[0m` : text;
  }

  #bold(text: string): string {
    return this.style.colour ? `\u001b[1m${text}\u001b[0m` : text;
  }

  #line(text: string): string {
    if (text.length <= this.style.width) return text;
    // Never half of a surrogate pair.
    return `${text.slice(0, this.style.width - 1).replace(/[\ud800-\udbff]$/, '')}…`;
  }
}

function keyText(key: unknown): string {
  return Array.isArray(key) ? key.map(String).join(', ') : String(key);
}
