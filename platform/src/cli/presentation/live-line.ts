/**
 * The line at the bottom of a terminal while a job runs: events a second, event time, lag, alerts by rule. Written to
 * stderr, and only to a terminal; whoever prints something else asks it to make way first.
 */
import type { Clock } from '../../common/clock.js';
import type { StreamGraph } from '../../job/stream-graph.js';
import { rulesOf } from '../../job/graph-index.js';
import type { MetricRegistry } from '../../metrics/registry.js';
import { grouped, span, timeText } from './numbers-text.js';

const INTERVAL_MS = 250;
const RULES_MAX = 4;
/** Of a terminal that does not know its size. */
const USUAL_COLUMNS = 80;

export interface Terminal {
  readonly columns: number;
  write(text: string): void;
}

export class LiveLine {
  #cancel: (() => void) | undefined;
  #shown = false;
  #lastEvents = 0;
  #lastTime = 0;
  #rate = 0;

  constructor(
    private readonly graph: StreamGraph,
    private readonly metrics: MetricRegistry,
    private readonly clock: Clock,
    private readonly terminal: Terminal,
  ) {}

  start(): void {
    this.#lastTime = this.clock.monotonic();
    this.#schedule();
  }

  #schedule(): void {
    this.#cancel = this.clock.schedule(INTERVAL_MS, () => {
      this.#draw();
      this.#schedule();
    });
  }

  /** Makes way for other output on the same terminal. */
  clear(): void {
    if (this.#shown) this.terminal.write('\r\u001b[2K');
    this.#shown = false;
  }

  stop(): void {
    this.#cancel?.();
    this.clear();
  }

  #draw(): void {
    const now = this.clock.monotonic();
    const events = this.metrics.total('records');
    const seconds = (now - this.#lastTime) / 1000;
    if (seconds > 0) this.#rate = (events - this.#lastEvents) / seconds;
    this.#lastEvents = events;
    this.#lastTime = now;
    const text = this.text();
    this.terminal.write(`\r\u001b[2K${text.slice(0, (this.terminal.columns || USUAL_COLUMNS) - 1)}`);
    this.#shown = true;
  }

  text(): string {
    const parts = [`${grouped(Math.round(this.#rate))} events/s`];
    let eventTime = 0;
    for (const { id } of this.graph.sources)
      eventTime = Math.max(eventTime, this.metrics.counter(id, 'eventTime').value);
    if (eventTime > 0) {
      parts.push(`at ${timeText(eventTime).slice(0, 19)}`);
      parts.push(`lag ${span(this.clock.now() - eventTime)}`);
    }
    const rules = this.graph.operators.flatMap(rulesOf);
    const alerts = rules
      .map(({ name }) => ({ name, count: this.metrics.counter(`rules.${name}`, 'alerts').value }))
      .sort((a, b) => b.count - a.count);
    for (const { name, count } of alerts.slice(0, RULES_MAX)) parts.push(`${name} ${grouped(count)}`);
    if (alerts.length > RULES_MAX) parts.push(`... ${alerts.length - RULES_MAX} more rules`);
    return parts.join(' | ');
  }
}
