/** Codes TG2xx: expressions. One entry a code: `TG000: { title, description }`. */
import type { CodeEntry } from './index.js';

export const expressionCodes = {} as const satisfies Record<string, CodeEntry>;
