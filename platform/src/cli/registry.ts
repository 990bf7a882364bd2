/** The connectors and formats of this build: the only place that knows concrete ones. */
import type { Connector, FormatFactory } from '@tidegate/connectors/api';
import { file } from '@tidegate/connectors/file';
import { json } from '@tidegate/connectors/formats';
import { stdout } from '@tidegate/connectors/stdout';
import type { Registry } from '../spec/registry.js';

const CONNECTORS: readonly Connector[] = [file, stdout];
const FORMATS: readonly FormatFactory[] = [json];

export function createRegistry(): Registry {
  return {
    sources: new Map(CONNECTORS.flatMap(({ name, source }) => (source === undefined ? [] : [[name, source]]))),
    sinks: new Map(CONNECTORS.flatMap(({ name, sink }) => (sink === undefined ? [] : [[name, sink]]))),
    formats: new Map(FORMATS.map((format) => [format.name, format])),
  };
}
