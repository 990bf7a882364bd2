/** The formats: how the bytes of an ingress become records, and how an egress writes them. */
import type { FormatFactory } from '../api/index.js';
import { csv } from './csv.js';
import { json } from './json.js';
import { lines } from './lines.js';
import { raw } from './raw.js';

export { csv, json, lines, raw };

/** In the order in which they are shown; the first is the default. */
export const formats: readonly FormatFactory[] = [json, csv, lines, raw];
