/** An edited application against a saved state: what is kept, and what cannot be, said before the start. */
export { comparePlans } from './compare-plans.js';
export { refusalOf, type RestoreOptions } from './refusal.js';
export type { Compatibility, MatchRestore, RestorePlan, StateChange } from './compatibility.js';
