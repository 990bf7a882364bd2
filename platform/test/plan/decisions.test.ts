/** `decision` of ingresses and of rules: what the graph has, and what is refused, each mistake with one message. */
import assert from 'node:assert/strict';
import { buildJobGraph, edgeId } from '../../src/job/job-graph.js';
import { planText } from './plan-text.js';

const APPLICATION = `
name: terminal
settings: { parallelism: 2 }
ingresses:
  payments:
    http: { port: 8088 }
    schema: { amount: double }
    decision: { within: 150ms, default: { approve: true } }
  others: { file: o.jsonl }
rules:
  large: { from: payments, where: amount > 100, select: { why: '"large"' } }
  told:
    from: large
    decision: { of: payments, value: why }
egresses: {}
`;

function planned(from = '', to = '') {
  assert.ok(APPLICATION.includes(from), from);
  const { graph, diagnostics } = planText(APPLICATION.replace(from, to));
  return { graph, told: diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`) };
}

describe('decisions in the graph', () => {
  it('are asked by events and made by alerts, which find the request with which they came', () => {
    const { graph, told } = planned();
    assert.deepEqual(told, ['warning TG122 the ingress "others" is not used: no rule and no route reads it']);
    assert.deepEqual(graph?.functions?.decisions, [
      { ingress: 'payments', withinMs: 150, type: 'tidegate.types/json', otherwise: { approve: true } },
    ]);
    const edges = buildJobGraph(graph!).edges.filter(({ to, key }) => to === 'functions' && key?.by === 'request');
    assert.deepEqual(edges.map(edgeId), ['ingresses.payments/main>functions/1', 'rules.told/main/told>functions/2']);
    assert.equal(graph?.functions?.inputs[1]?.value?.text, 'why');
  });

  const mistakes: readonly (readonly [what: string, from: string, to: string, says: RegExp])[] = [
    [
      'an ingress of which nobody sends over HTTP',
      '{ file: o.jsonl }',
      '{ file: o.jsonl, decision: { within: 1s, default: 1 } }',
      /^error TG113 ingresses.others.decision is for events that are sent over HTTP, and these come by file/,
    ],
    [
      'events that are not JSON',
      'schema: {',
      'format: csv\n    schema: {',
      /^error TG113 .*in JSON, and these are csv/,
    ],
    ['no time', 'within: 150ms, ', '', /^error TG111 .*within/],
    ['no default', ', default: { approve: true }', '', /^error TG111 .*default/],
    ['an unknown ingress', 'of: payments', 'of: paymnts', /^error TG120 .*"paymnts"/],
    ['an ingress without one', 'of: payments', 'of: others', /^error TG357 .*nobody waits for that/],
    ['a rule that does not read it', 'from: large', 'from: others', /^error TG357 .*it does not read them/],
    ['an answer that is no text', 'value: why', 'value: size(why)', /^error TG355 what told decides is a int/],
  ];
  for (const [what, from, to, says] of mistakes)
    it(`refuse ${what}`, () => {
      const errors = planned(from, to).told.filter((line) => line.startsWith('error'));
      assert.equal(errors.length, 1, errors.join('\n'));
      assert.match(errors[0]!, says);
    });

  it('that no rule makes are warned of', () => {
    const { told } = planned('decision: { of: payments, value: why }', 'mode: disabled');
    assert.match(told.join('\n'), /^warning TG358 no rule decides on the events of "payments"/m);
  });
});
