/** State of what the plan after does not have: restored only if the user allows it to be left out. */
import type { SinkNode, SourceNode } from '../../job/stream-graph.js';
import type { StateChange } from './compatibility.js';
import type { Pairs } from './pairs.js';
import { hasState, type PlacedRule } from './placed-rule.js';

export function goneIngresses({ gone }: Pairs<SourceNode>): StateChange[] {
  const message = 'is not read any more: how far it was read is forgotten';
  return gone.map(({ id, name }) => ({ subject: id, effect: 'gone', message, help: renaming(name) }));
}

export function goneRules({ gone, added }: Pairs<PlacedRule>): StateChange[] {
  return gone
    .filter(({ rule }) => hasState(rule))
    .map(({ name, rule }) => {
      const heir = added.find((one) => one.rule.fingerprint === rule.fingerprint);
      return {
        subject: `rules.${name}`,
        effect: 'gone',
        message: 'does not run any more: what it remembers is dropped',
        help: heir === undefined ? renaming(name) : `"${heir.name}" means the same: write renamedFrom: ${name} there`,
      };
    });
}

export function goneEgresses({ gone }: Pairs<SinkNode>): StateChange[] {
  const message = 'is not written any more: what it held back until its checkpoint completes is dropped';
  return gone
    .filter(({ delivery }) => delivery === 'exactly-once')
    .map(({ id, name }) => ({ subject: id, effect: 'gone', message, help: renaming(name) }));
}

function renaming(name: string): string {
  return `if it has another name now, write renamedFrom: ${name} there`;
}
