/** All planted bugs that worlds show. */
import { CONTROL_PLANE_MUTANTS } from './control-plane-mutants.js';
import { DATA_PLANE_MUTANTS } from './data-plane-mutants.js';
import { FUNCTION_MUTANTS } from './function-mutants.js';
import { KAFKA_MUTANTS } from './kafka-mutants.js';
import type { Mutant } from './mutant.js';

export const MUTANTS: readonly Mutant[] = [
  ...DATA_PLANE_MUTANTS,
  ...FUNCTION_MUTANTS,
  ...CONTROL_PLANE_MUTANTS,
  ...KAFKA_MUTANTS,
];
