/** All planted bugs. */
import { CONTROL_PLANE_MUTANTS } from './control-plane-mutants.js';
import { DATA_PLANE_MUTANTS } from './data-plane-mutants.js';
import type { Mutant } from './mutant.js';

export const MUTANTS: readonly Mutant[] = [...DATA_PLANE_MUTANTS, ...CONTROL_PLANE_MUTANTS];
