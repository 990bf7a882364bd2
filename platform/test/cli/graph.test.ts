import assert from 'node:assert/strict';
import type { StreamGraph } from '../../src/job/stream-graph.js';
import { withRules } from '../plan/sample.js';
import { call } from './command-line.js';

const APPLICATION = withRules(`
  probes:
    from: payments
    key: cardId
    pattern: { within: 1h, steps: [{ begin: probe, where: amount < 5, times: 3 }], onTimeout: { reached: probe, to: near } }
    to: alerts
  rises:
    from: payments
    key: cardId
    pattern: { within: 1h, steps: [{ begin: low }, { next: high, where: amount > low.amount }] }
    to: alerts
  big: { from: payments, where: amount > 100, to: alerts }
  again: { from: probes, where: 'alert.severity == "medium"', to: near }
`);

describe('tidegate graph', () => {
  it('draws who reads what, by which key, and where alerts go', async () => {
    const { exitCode, out } = await call(['graph'], { 'application.yaml': APPLICATION });
    assert.equal(exitCode, 0);
    assert.equal(
      out,
      `sample (parallelism 1)

payments       ingress: file, json
  ├─ bad ─▶ bad
  ├─ by cardId ─▶ probes, rises
  └──▶ big
probes, rises  pattern: 2 patterns
  ├─ probes ─▶ again
  ├─ probes ─▶ alerts
  ├─ probes, timeout ─▶ near
  └─ rises ─▶ alerts
big            filter
  └──▶ alerts
again          filter
  └──▶ near
alerts         egress: stdout, text
near           egress: file, json
bad            egress: file, json
`,
    );
  });

  it('draws for Graphviz, with quotes in names kept', async () => {
    const text = withRules(
      '  r: { from: payments, key: \'cardId + "-"\', pattern: { within: 1h, steps: [{ begin: a }] }, to: alerts }',
    );
    const { out } = await call(['graph', '--format', 'dot'], { 'application.yaml': text });
    assert.match(out, /^digraph "sample \(parallelism 1\)" \{\n/);
    assert.match(out, /"ingresses\.payments" -> "patterns\.payments\.[0-9a-f]{8}" \[label="by cardId \+ \\"-\\""\];\n/);
    assert.match(out, /\}\n$/);
  });

  it('draws for Mermaid, with quotes in names as entities', async () => {
    const text = withRules(
      '  r: { from: payments, key: \'cardId + "-"\', pattern: { within: 1h, steps: [{ begin: a }] }, to: alerts }',
    );
    const { out } = await call(['graph', '--format', 'mermaid'], { 'application.yaml': text });
    assert.match(out, /^flowchart LR\n {2}n0\[\/"payments<br\/>file, json"\/\]\n/);
    assert.match(out, /n0 -->\|"by cardId \+ &quot;-&quot;"\| n1\n/);
  });

  it('prints the whole plan as JSON, without secrets', async () => {
    const text = withRules('  r: { from: payments, to: hook }').replace(
      'egresses:',
      'egresses:\n  hook: { http: { url: "http://h/${secret:key.txt}/x" } }',
    );
    const { exitCode, out, err } = await call(['graph', '--format', 'json'], {
      'application.yaml': text,
      'key.txt': 'hush-hush',
    });
    assert.equal(exitCode, 0, err);
    assert.deepEqual(
      (JSON.parse(out) as StreamGraph).sinks.map(({ connector }) => connector.options['url']),
      ['http://h/***/x', undefined],
    );
    assert.doesNotMatch(out, /hush/);
  });

  it('reports what is wrong instead of drawing it', async () => {
    const text = withRules('  r: { from: payments, where: amout > 5, to: alerts }');
    const { exitCode, out, err } = await call(['graph', 'application.yaml'], { 'application.yaml': text });
    assert.equal(exitCode, 1);
    assert.equal(out, '');
    assert.match(err, /^error\[TG202\]: .*did you mean "amount"\?\n/);
  });
});
