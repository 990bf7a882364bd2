/** The connectors and formats of this build: the only place that knows concrete ones. */
import type { Connector } from '@tidegate/connectors/api';
import { bullmq } from '@tidegate/connectors/bullmq';
import { cron } from '@tidegate/connectors/cron';
import { file } from '@tidegate/connectors/file';
import { formats } from '@tidegate/connectors/formats';
import { generator } from '@tidegate/connectors/generator';
import { http } from '@tidegate/connectors/http';
import { kafka } from '@tidegate/connectors/kafka';
import { playground } from '@tidegate/connectors/playground';
import { stdin } from '@tidegate/connectors/stdin';
import { stdout } from '@tidegate/connectors/stdout';
import { webhook } from '@tidegate/connectors/webhook';
import type { Registry } from '../spec/registry.js';
import { text } from './presentation/text-format.js';

/** In the order in which they are shown. */
const CONNECTORS: readonly Connector[] = [
  file,
  kafka,
  bullmq,
  webhook,
  stdin,
  http,
  stdout,
  generator,
  cron,
  playground,
];

export function createRegistry(): Registry {
  return {
    sources: new Map(CONNECTORS.flatMap(({ name, source }) => (source === undefined ? [] : [[name, source]]))),
    sinks: new Map(CONNECTORS.flatMap(({ name, sink }) => (sink === undefined ? [] : [[name, sink]]))),
    formats: new Map([...formats, text].map((format) => [format.name, format])),
  };
}
