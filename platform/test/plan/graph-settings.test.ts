/** Settings in the graph: plain numbers, and only what applies. */
import assert from 'node:assert/strict';
import type { GraphSettings } from '../../src/job/graph-settings.js';
import { planText } from './plan-text.js';
import { withRules } from './sample.js';

function settingsOf(written: string): GraphSettings {
  const { graph, diagnostics } = planText(`${withRules('  r: { from: payments, to: alerts }')}settings: ${written}\n`);
  assert.ok(graph, JSON.stringify(diagnostics));
  assert.deepEqual(JSON.parse(JSON.stringify(graph.settings)), graph.settings);
  return graph.settings;
}

describe('the settings of the graph', () => {
  it('hold every default, in milliseconds and bytes', () => {
    assert.deepEqual(settingsOf('{}'), {
      parallelism: 1,
      maxParallelism: 128,
      stateDir: '/app/.tidegate/sample',
      baseDir: '/app',
      maxRecordBytes: 1024 ** 2,
      bufferTimeout: 10,
      checkpoint: {
        interval: 1000,
        mode: 'exactly-once',
        alignedTimeout: 5000,
        timeout: 600_000,
        retain: 3,
        minPause: 0,
        tolerableFailures: 0,
      },
      restart: {
        strategy: 'exponential-delay',
        initial: 1000,
        max: 60_000,
        multiplier: 1.5,
        jitter: 0.1,
        resetAfter: 3_600_000,
      },
      state: { backend: 'rocksdb' },
      memory: { stateBytes: 256 * 1024 ** 2, networkBytes: 64 * 1024 ** 2 },
    });
  });

  it('have no checkpoint when it is switched off', () => {
    assert.equal('checkpoint' in settingsOf('{ checkpoint: none }'), false);
  });

  it('have no alignedTimeout when barriers never overtake', () => {
    for (const written of ['unaligned: false', 'mode: at-least-once'])
      assert.equal('alignedTimeout' in (settingsOf(`{ checkpoint: { ${written} } }`).checkpoint ?? {}), false, written);
  });

  it('have of a restart strategy its own keys alone', () => {
    assert.deepEqual(settingsOf('{ restart: fixed-delay }').restart, {
      strategy: 'fixed-delay',
      attempts: 1,
      delay: 1000,
    });
    assert.deepEqual(settingsOf('{ restart: none }').restart, { strategy: 'none' });
  });
});
