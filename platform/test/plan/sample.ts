/** The streams that the planner's cases read; a case brings its rules. */
export const STREAMS = `
name: sample
ingresses:
  payments:
    file: payments.jsonl
    schema: { cardId: string, owner: string, amount: double, status: string, country: string?, at: timestamp }
    time: { field: at }
    onBadRecord: { to: bad }
  logins:
    file: logins.jsonl
    schema: { user: string, device: string, attempts: int, when: timestamp }
    time: { field: when }
  clicks:
    file: clicks.jsonl
    time: { field: ts, format: epoch-millis }
egresses:
  alerts: { stdout: {} }
  near: { file: near.jsonl }
  bad: { file: bad.jsonl }
`;

/** An application with these rules: YAML below `rules:`. */
export function withRules(rules: string): string {
  return `${STREAMS}rules:\n${rules.replace(/^\n/, '').replace(/\s*$/, '\n')}`;
}
