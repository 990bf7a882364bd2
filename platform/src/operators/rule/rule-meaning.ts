/** What a rule's partial matches mean, as far as the plan's fingerprints tell. */
import type { RuleMeaning, StepMeaning } from '@tidegate/cep';
import type { PatternRule, StageDescriptor } from '../../job/stream-graph.js';

export function meaningOf({ renamedFrom, where, pattern }: PatternRule): RuleMeaning {
  return {
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    ...(where === undefined ? {} : { filter: where.id }),
    steps: pattern.stages.map(stepOf),
  };
}

function stepOf({ name, renamedFrom, fingerprint, steps }: StageDescriptor): StepMeaning {
  return {
    name,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    fingerprint,
    ...(steps === undefined ? {} : { members: steps.flatMap(stagesIn) }),
  };
}

function stagesIn({ name, steps }: StageDescriptor): readonly string[] {
  return steps === undefined ? [name] : steps.flatMap(stagesIn);
}
