/** What the process itself needs: memory, processor time, and how late its event loop is. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { InstrumentName } from '../../metrics/instruments.js';
import type { MetricSource, Reading } from '../../metrics/reading.js';

const RESOLUTION_MS = 20;
const NANOS = 1e-9;
const MICROS = 1e-6;

/** Begins to watch the event loop. */
export function processReadings(): MetricSource {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return function* () {
    const { rss } = process.memoryUsage();
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    const { user, system } = process.cpuUsage();
    yield of('process.memory.usage', rss);
    yield of('process.cpu.time', (user + system) * MICROS);
    yield of('process.uptime', process.uptime());
    yield of('v8js.memory.heap.used', used);
    yield of('v8js.memory.heap.limit', limit);
    yield of('nodejs.eventloop.delay.p50', late(delay.percentile(50)));
    yield of('nodejs.eventloop.delay.p99', late(delay.percentile(99)));
    yield of('nodejs.eventloop.delay.max', late(delay.max));
    delay.reset();
  };
}

/** The histogram counts the time from look to look. */
function late(nanos: number): number {
  return Math.max(0, nanos * NANOS - RESOLUTION_MS / 1000);
}

function of(name: InstrumentName, value: number): Reading {
  return { name, value, labels: {} };
}
