/** The formats: how the bytes of an ingress become records, and how an egress writes them. */
import type { FormatFactory } from '../api/index.js';
import { avro } from './avro/index.js';
import { bytes } from './bytes.js';
import { csv } from './csv.js';
import { json } from './json.js';
import { lines } from './lines.js';
import { protobuf } from './protobuf/index.js';
import { raw } from './raw.js';

export { avro, bytes, csv, json, lines, protobuf, raw };

/** In the order in which they are shown; the first is the default. */
export const formats: readonly FormatFactory[] = [json, csv, lines, raw, avro, protobuf, bytes];
