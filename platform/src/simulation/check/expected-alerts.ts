/** The alerts that the pattern rules must give for an input: from the pattern engine alone, without a stream around it. */
import { compile, PatternOperator, type Match } from '@tidegate/cep';
import { buildPattern } from '../../job/build-pattern.js';
import { alertId } from '../../operators/rule/alert-id.js';
import { byOrigin } from '../../operators/rule/origin-order.js';
import { StreamRecord } from '../../record/stream-record.js';
import { MAX_WATERMARK } from '../../time/watermark.js';
import type { InputSplit } from '../workload/input-events.js';
import { PATTERN_RULES } from '../workload/pattern-rules.js';

function noConditions(): never {
  throw new Error('the rules of the simulator have no conditions');
}

/**
 * @param isLate by `SPLIT@OFFSET`
 * @returns ids of alerts
 */
export function expectAlerts(splits: readonly InputSplit[], isLate: (event: string) => boolean): ReadonlySet<string> {
  const alerts = new Set<string>();
  const set = compile(
    PATTERN_RULES.map(({ name, pattern }) => ({
      name,
      pattern: buildPattern<StreamRecord>(pattern, noConditions),
    })),
  );
  const matched = ({ rule, key, stages }: Match<string, StreamRecord>): void => {
    const evidence = stages.map(({ stage, events }) => ({ name: stage, events }));
    alerts.add(alertId(PATTERN_RULES[rule]!.name, key, evidence, undefined));
  };
  const engine = new PatternOperator<string, StreamRecord>(set, {
    comparator: byOrigin,
    windowsEndApart: true,
    output: { match: matched, timeout: () => undefined, late: () => undefined },
  });
  for (const { id, events } of splits) {
    const split = { ingress: 'events', id };
    events.forEach(({ k, t }, offset) => {
      if (isLate(`${id}@${offset}`)) return;
      engine.process(k, new StreamRecord({}, t, 'events', split, offset, undefined, undefined), t);
    });
  }
  engine.advance(MAX_WATERMARK);
  return alerts;
}
