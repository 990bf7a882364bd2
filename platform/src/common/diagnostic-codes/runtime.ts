/** Codes TG4xx: the run. One entry a code: `TG000: { title, description }`. */
import type { CodeEntry } from './index.js';

export const runtimeCodes = {} as const satisfies Record<string, CodeEntry>;
