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

/** A suppressed rule, a chained filter and a rule without a key. */
const PARALLEL = withRules(`
  probes:
    from: payments
    key: cardId
    pattern: { within: 1h, steps: [{ begin: probe, times: 3 }], onTimeout: { reached: probe, to: near } }
    suppress: { for: 1h }
    to: alerts
  rises:
    from: payments
    key: cardId
    pattern: { within: 1h, steps: [{ begin: low }, { next: high, where: amount > low.amount }] }
    to: alerts
  big: { from: payments, where: amount > 100, to: alerts }
  tries: { from: logins, key: user, pattern: { within: 1h, steps: [{ begin: try, times: 3 }] }, to: near }
  all: { from: big, pattern: { within: 1h, steps: [{ begin: one }] }, to: near }
`).replace('    onBadRecord: { to: bad }\n', '');

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

  it('draws the operators of the job with their parallelism, and how records get from one to the next', async () => {
    const text = `settings: { parallelism: 2 }\n${PARALLEL}`;
    const { exitCode, out } = await call(['graph', '--level', 'job'], { 'application.yaml': text });
    assert.equal(exitCode, 0);
    assert.equal(
      out,
      `sample: job graph

payments ×2         ingress: file, json
  ├─ hash by cardId ─▶ probes, rises ×2
  └─ chained ─▶ big ×2
logins ×2           ingress: file, json
  └─ hash by user ─▶ tries ×2
probes, rises ×2    pattern: 2 patterns
  ├─ probes, hash by what is suppressed ─▶ probes/suppress ×2
  ├─ probes, timeout, to one subtask ─▶ near ×1
  └─ rises, to one subtask ─▶ alerts ×1
probes/suppress ×2  suppress
  └─ to one subtask ─▶ alerts ×1
big ×2              filter
  ├─ to one subtask ─▶ all ×1
  └─ to one subtask ─▶ alerts ×1
tries ×2            pattern
  └─ to one subtask ─▶ near ×1
all ×1              pattern
  └─ forward ─▶ near ×1
alerts ×1           egress: stdout, text
near ×1             egress: file, json
`,
    );
  });

  it('draws the tasks of the execution with the slot and the key groups of every subtask', async () => {
    const text = `settings: { parallelism: 3, maxParallelism: 10 }\n${PARALLEL}`;
    const { exitCode, out } = await call(['graph', '--level', 'execution'], { 'application.yaml': text });
    assert.equal(exitCode, 0);
    const [title, , ...lines] = out.split('\n');
    assert.equal(title, 'sample: execution graph, 3 slots');
    assert.deepEqual(lines.slice(0, 13), [
      'payments → big   ingress: 3 subtasks',
      '  · subtask 0 in slot 0',
      '  · subtask 1 in slot 1',
      '  · subtask 2 in slot 2',
      '  ├─ hash by cardId ─▶ probes, rises',
      '  ├─ to one subtask ─▶ all',
      '  └─ to one subtask ─▶ alerts',
      'logins           ingress: 3 subtasks',
      '  · subtask 0 in slot 0',
      '  · subtask 1 in slot 1',
      '  · subtask 2 in slot 2',
      '  └─ hash by user ─▶ tries',
      'probes, rises    pattern: 3 subtasks',
    ]);
    assert.deepEqual(lines.slice(13, 16), [
      '  · subtask 0 in slot 0, key groups 0 to 3',
      '  · subtask 1 in slot 1, key groups 4 to 6',
      '  · subtask 2 in slot 2, key groups 7 to 9',
    ]);
  });

  it('draws the subtasks for Graphviz and Mermaid too', async () => {
    const files = { 'application.yaml': `settings: { parallelism: 2 }\n${PARALLEL}` };
    const dot = await call(['graph', '--level', 'execution', '--format', 'dot'], files);
    assert.match(dot.out, /label="tries\\n2 subtasks\\nsubtask 0 in slot 0, key groups 0 to 63\\nsubtask 1 in slot 1/);
    assert.match(dot.out, /"ingresses\.payments" -> "egresses\.alerts" \[label="to one subtask"\];/);
    const mermaid = await call(['graph', '--level', 'execution', '--format', 'mermaid'], files);
    assert.match(mermaid.out, /\[\["tries<br\/>2 subtasks<br\/>subtask 0 in slot 0, key groups 0 to 63<br\/>/);
  });

  it('has the plan as JSON for all levels, and says so', async () => {
    const { exitCode, err } = await call(['graph', '--level', 'job', '--format', 'json'], {
      'application.yaml': PARALLEL,
    });
    assert.notEqual(exitCode, 0);
    assert.match(err, /leave --level job out/);
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
