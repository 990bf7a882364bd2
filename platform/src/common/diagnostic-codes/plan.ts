/** Codes TG3xx: rules and the plan. One entry a code: `TG000: { title, description }`. */
import type { CodeEntry } from './index.js';

export const planCodes = {} as const satisfies Record<string, CodeEntry>;
