/** The fields of generated records: a declaration becomes a function of the record's index. */
import { ConnectorError, type ValueOf } from '../api/index.js';
import { normal, uniform } from './dice.js';
import type { fieldDeclaration } from './options.js';

export type FieldOptions = ValueOf<typeof fieldDeclaration>;
export type FieldValue = (index: number) => unknown;

/** Throws a ConnectorError for options that cannot work. `position` tells the fields of a record apart. */
export function createField(name: string, options: FieldOptions, seed: number, position: number): FieldValue {
  const { variant } = options;
  const refuse = (reason: string): never => {
    throw new ConnectorError('invalid-option', `generator: field ${name}: ${reason}`);
  };
  if (options.weights !== undefined && variant.kind !== 'choice') refuse('weights belong to choice');
  switch (variant.kind) {
    case 'constant': {
      const { value } = variant;
      return () => value;
    }
    case 'sequence': {
      const { start, step } = variant.value;
      return (index) => start + index * step;
    }
    case 'choice': {
      const values = variant.value;
      const weights = options.weights ?? values.map(() => 1);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      if (values.length === 0 || weights.length !== values.length || total <= 0) {
        refuse(`${values.length} values need as many weights, not all of them 0; there are ${weights.length}`);
      }
      return (index) => choose(values, weights, total * uniform(seed, position, index));
    }
    case 'uniform': {
      const { min, max, decimals } = variant.value;
      if (max < min) refuse(`max ${max} is less than min ${min}`);
      const scale = 10 ** decimals;
      const steps = Math.floor((max - min) * scale) + 1;
      return (index) => round(min + Math.floor(uniform(seed, position, index) * steps) / scale, decimals);
    }
    case 'normal': {
      const { mean, stddev, decimals } = variant.value;
      return (index) => round(mean + stddev * normal(seed, position, index), decimals);
    }
    case 'timestamp': {
      const { step, jitter } = variant.value;
      const start = Date.parse(variant.value.start);
      if (Number.isNaN(start)) refuse(`start ${variant.value.start} is no time; write 2024-01-01T00:00:00Z`);
      return (index) => start + index * step + Math.floor(uniform(seed, position, index) * (jitter + 1));
    }
  }
}

function choose(values: readonly unknown[], weights: readonly number[], thrown: number): unknown {
  let left = thrown;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return values[index];
  }
  return values.at(-1);
}

function round(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
