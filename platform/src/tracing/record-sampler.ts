/**
 * Which of the records that an ingress reads are followed through the job: the samplers of OpenTelemetry
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
 *
 * Invariants
 * - Of a record that is not followed nothing is made; it costs a draw at most.
 */
import type { Random } from '../common/random.js';
import { drawOf, parseTraceparent, type TraceContext, type TraceIds } from './trace-context.js';

/** Plain data. */
export interface Sampling {
  /** The part of the traces that begin here, from 0 to 1. */
  readonly ratio: number;
  /** Whether of a trace that has begun elsewhere those decide who began it; otherwise `ratio` is for it too. */
  readonly followsParents: boolean;
}

/** A record's first span. */
export interface SampledRecord {
  readonly context: TraceContext;
  /** The span of another program that the record comes from. */
  readonly parent?: string;
}

export class RecordSampler {
  constructor(
    private readonly sampling: Sampling,
    private readonly ids: TraceIds,
    private readonly random: Random,
  ) {}

  /** Whether it never wants any. */
  get isOff(): boolean {
    const { ratio, followsParents } = this.sampling;
    return ratio === 0 && !followsParents;
  }

  /** @param traceparent that came with the record */
  sample(traceparent: string | undefined): SampledRecord | undefined {
    const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent);
    if (parent === undefined) return this.#begin();
    const { ratio, followsParents } = this.sampling;
    const isWanted = followsParents ? parent.isSampled : drawOf(parent) >= 1 - ratio;
    return isWanted ? { context: this.ids.within(parent), parent: parent.spanId } : undefined;
  }

  #begin(): SampledRecord | undefined {
    const { ratio } = this.sampling;
    if (ratio === 0) return undefined;
    const draw = this.random.next();
    return draw >= 1 - ratio ? { context: this.ids.drawnTrace(draw) } : undefined;
  }
}
