/** Where a rule's dead letters go: to the dead-letter egress of the ingresses that it reads, directly or through rules. */
import type { Application, Rule } from '../spec/application.js';

/** Without repetition, in the order of the rule's inputs. */
export function deadLetterEgresses(rule: Rule, application: Application): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (reader: Rule): void => {
    if (seen.has(reader.name)) return;
    seen.add(reader.name);
    for (const { kind, name } of reader.inputs) {
      const policy = kind === 'ingress' ? application.ingresses.get(name)?.onBadRecord : undefined;
      if (policy?.kind === 'dead-letter') found.add(policy.to);
      const producer = kind === 'rule' ? application.rules.get(name) : undefined;
      if (producer !== undefined) visit(producer);
    }
  };
  visit(rule);
  return [...found];
}
