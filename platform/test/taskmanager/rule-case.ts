/** A case of rules over one untyped ingress `in` with one split `f`; events are `{ n, k, ts }`. */
import { planned, runOn, type Given, type Ran } from './harness.js';

export function ruleApplication(rules: string, time = ''): string {
  return `
name: case
ingresses:
  in:
    file: in.jsonl
    time: { field: ts, format: epoch-millis${time} }
    onBadRecord: { to: bad }
egresses:
  out: { file: out.jsonl }
  near: { file: near.jsonl }
  bad: { file: bad.jsonl }
rules:${rules}
`;
}

export function runCase(rules: string, events: readonly unknown[], given: Partial<Given> = {}): Promise<Ran> {
  return runOn(planned(ruleApplication(rules)), { inputs: { in: { f: events } }, ...given });
}
