/** The front's second half: from an application to the StreamGraph that every engine runs. */
export { planApplication, type Plan } from './plan-application.js';
export type { RuleScopes } from './rule-scopes.js';
