/** The options of the source cron. */
import { fields } from '../api/index.js';

export const options = fields({
  schedule: {
    type: 'string',
    required: true,
    pattern: '^\\s*(@[a-z]+|\\S+(\\s+\\S+){4,5})\\s*$',
    description:
      'When: minute, hour, day of the month, month and day of the week, with seconds before them if there are six; also `@hourly`, `@daily`, `@weekly`, `@monthly`. An `H` in a place is a value that the name of the ingress decides.',
    example: '0 3 * * *',
  },
  zone: {
    type: 'string',
    default: 'UTC',
    description:
      'The IANA time zone in which the schedule is read. A time that a change of the clock leaves out fires so much later; one that comes twice fires once, unless the hour is `*`.',
    example: 'Europe/Amsterdam',
  },
  missed: {
    type: 'string',
    enum: ['last', 'all', 'skip'],
    default: 'last',
    description:
      'What becomes of times at which the job did not run: `last`, the latest of them fires when it runs again; `all` of them do, in order; `skip`, none does, also where a failure took back that one had fired.',
  },
  fields: {
    type: 'record',
    default: {},
    description: 'Further fields of each record, the same each time.',
    example: { shop: 'berlin' },
  },
});
