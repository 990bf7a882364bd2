/** The events of a complete match as expressions reach them: `select` and messages are evaluated over it. */
import type { CapturedEvents } from '../../expression/index.js';
import type { MatchedStage, StreamRecord } from '../../record/stream-record.js';

const NONE: readonly StreamRecord[] = [];

export class CapturedMatch implements CapturedEvents {
  constructor(private readonly stages: readonly MatchedStage[]) {}

  events(stage: string): readonly StreamRecord[] {
    return this.stages.find((candidate) => candidate.name === stage)?.events ?? NONE;
  }

  count(stage: string): number {
    return this.events(stage).length;
  }

  first(stage: string): StreamRecord | undefined {
    return this.events(stage)[0];
  }

  /** Without a stage, the last event of all: of equal timestamps, that of the stage which began last. */
  last(stage?: string): StreamRecord | undefined {
    if (stage !== undefined) return this.events(stage).at(-1);
    let latest: StreamRecord | undefined;
    for (const stage of this.stages) {
      const last = stage.events.at(-1);
      if (last !== undefined && (latest === undefined || last.timestamp >= latest.timestamp)) latest = last;
    }
    return latest;
  }
}
