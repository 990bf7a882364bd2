/** The connector `cron`: a record at each time of a schedule. */
import { declareSource, type Connector } from '../api/index.js';
import { CronSource } from './cron-source.js';
import { options } from './options.js';
import { scheduleFault } from './schedule.js';

/** Whether a schedule ever fires does not depend on when it is asked. */
const EPOCH_MS = 0;

export const cron: Connector = {
  name: 'cron',
  source: declareSource({
    name: 'cron',
    description:
      'A record at each time of a schedule, with the time as `at` (epoch milliseconds): each once, also when the job fails in between. A route makes it a message for a function. The format plays no part.',
    options,
    shorthand: 'schedule',
    example: 'cron: { schedule: "0 3 * * *", zone: Europe/Amsterdam, fields: { shop: berlin } }',
    check: (options) => scheduleFault({ ...options, seed: '' }, EPOCH_MS),
    createSource: (configured, _format, context) => new CronSource(configured, context),
  }),
};
