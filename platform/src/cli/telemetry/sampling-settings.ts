/**
 * Which records have traces, by OpenTelemetry's own variables
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration).
 *
 * Where nothing is said, those have that come with a trace: a stream has more records than a service has requests, and
 * OpenTelemetry's default would follow every one.
 */
import { TidegateError } from '../../common/errors.js';
import type { Sampling } from '../../tracing/record-sampler.js';
import type { Io } from '../io.js';
import { variableOf } from './environment-variable.js';

const SAMPLER = 'OTEL_TRACES_SAMPLER';
const ARGUMENT = 'OTEL_TRACES_SAMPLER_ARG';
const PARENT_BASED = 'parentbased_';
const DEFAULT = 'parentbased_always_off';

/** What is done where no parent decides. */
const ROOTS: ReadonlyMap<string, (env: Io['env']) => number> = new Map([
  ['always_on', () => 1],
  ['always_off', () => 0],
  ['traceidratio', ratioOf],
]);

/** @throws TidegateError TG470 */
export function samplingOf(env: Io['env']): Sampling {
  const sampler = variableOf(env, SAMPLER) ?? DEFAULT;
  const followsParents = sampler.startsWith(PARENT_BASED);
  const root = ROOTS.get(followsParents ? sampler.slice(PARENT_BASED.length) : sampler);
  if (root === undefined) {
    const known = [...ROOTS.keys()].flatMap((name) => [name, PARENT_BASED + name]);
    throw new TidegateError('TG470', `${SAMPLER} is ${JSON.stringify(sampler)}; expected ${known.join(' or ')}`);
  }
  return { ratio: root(env), followsParents };
}

function ratioOf(env: Io['env']): number {
  const text = variableOf(env, ARGUMENT) ?? '1';
  const ratio = Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new TidegateError('TG470', `${ARGUMENT} is ${JSON.stringify(text)}; expected a number from 0 to 1`);
}
