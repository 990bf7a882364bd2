import assert from 'node:assert/strict';
import { VirtualClock } from '../../../src/common/virtual-clock.js';
import { LiveLine } from '../../../src/cli/presentation/live-line.js';
import { MetricRegistry } from '../../../src/metrics/registry.js';
import { planned } from '../../taskmanager/harness.js';
import { ruleApplication } from '../../taskmanager/rule-case.js';

const graph = planned(ruleApplication('\n  high: { from: in, to: out }\n  low: { from: in, to: out }'));

function live(columns: number) {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1, 1));
  const metrics = new MetricRegistry();
  let screen = '';
  const line = new LiveLine(graph, metrics, clock, { columns, write: (text) => void (screen += text) });
  return { clock, metrics, line, screen: () => screen };
}

describe('the live line', () => {
  it('shows events a second, event time, lag, and alerts by rule, most first', () => {
    const { clock, metrics, line, screen } = live(100);
    line.start();
    metrics.counter('ingresses.in', 'records').value = 1000;
    metrics.counter('ingresses.in', 'eventTime').value = Date.UTC(2026, 0, 1);
    metrics.counter('rules.low', 'alerts').value = 12;
    clock.advanceTo(clock.now() + 250);
    assert.equal(screen(), '\r\u001b[2K4,000 events/s | at 2026-01-01 00:00:00 | lag 1h0m | low 12 | high 0');
  });

  it('makes way for other output, once, and is gone when it stops', () => {
    const { clock, line, screen } = live(100);
    line.start();
    clock.advanceTo(clock.now() + 250);
    const drawn = screen();
    line.clear();
    line.clear();
    assert.equal(screen(), `${drawn}\r\u001b[2K`);
    line.stop();
    clock.advanceTo(clock.now() + 10_000);
    assert.equal(screen(), `${drawn}\r\u001b[2K`);
  });

  it('is never wider than the terminal', () => {
    const { clock, line, screen } = live(12);
    line.start();
    clock.advanceTo(clock.now() + 250);
    assert.equal(screen(), '\r\u001b[2K0 events/s ');
  });

  it('takes a terminal without a size for one of the usual size', () => {
    const { clock, line, screen } = live(0);
    line.start();
    clock.advanceTo(clock.now() + 250);
    assert.match(screen(), /high 0 \| low 0$/);
  });
});
