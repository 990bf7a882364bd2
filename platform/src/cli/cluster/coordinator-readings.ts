/** What a leading coordinator measures: workers and their slots, and its jobs. */
import type { Reading } from '../../metrics/reading.js';
import type { Coordinator } from './coordinator.js';

export function* coordinatorReadings(coordinator: Coordinator): Generator<Reading> {
  const { dispatcher } = coordinator;
  const workers = dispatcher.workers();
  let [total, free] = [0, 0];
  for (const { slots, assigned } of workers) {
    total += slots;
    free += assigned.reduce((left, one) => left - one.slots, slots);
  }
  yield { name: 'tidegate.workers', value: workers.length, labels: {} };
  yield { name: 'tidegate.slots.total', value: total, labels: {} };
  yield { name: 'tidegate.slots.free', value: free, labels: {} };
  for (const { name: job, isOver } of dispatcher.jobs())
    if (!isOver) yield { name: 'tidegate.slots.missing', value: dispatcher.missingSlots(job), labels: { job } };
  for (const run of coordinator.runs()) yield* run.readings();
}
