/** `tests.NAME`: events in order, on virtual time, and the alerts that they must raise. */
import { declare } from '@tidegate/connectors/api';

/** Rows by table: before the first step, or as a step. */
const tables = {
  type: 'map',
  keyReference: ['table'],
  of: { type: 'list', of: { type: 'record', description: 'A row.' }, description: 'The rows.' },
  example: { homeCountry: [{ cardId: 'c1', country: 'NL' }] },
} as const;

const step = declare({
  type: 'object',
  description: 'One event (keyed by its ingress), `watermark`, `tables`, or `end`.',
  fields: {
    at: {
      type: 'duration',
      description: "The event's time since the test's beginning; it fills the ingress's time field.",
      example: '5m',
    },
    repeat: {
      type: 'object',
      description: 'The same event several times.',
      fields: {
        times: {
          type: 'integer',
          minimum: 1,
          maximum: 1_000_000,
          required: true,
          description: 'How often in all.',
          example: 3,
        },
        every: { type: 'duration', default: '0s', description: 'How much later each one is.', example: '1m' },
      },
    },
    watermark: { type: 'duration', description: 'Event time advances to this, on all ingresses.', example: '6m' },
    tables: {
      ...tables,
      description:
        'New contents of tables from here on, as when their files change. A pattern looks them up when the watermark passes an event.',
    },
    end: {
      type: 'boolean',
      description: '`true`: the input ends; a last watermark lets everything run out. The last step.',
      example: true,
    },
  },
  others: { reference: ['ingress'], of: { type: 'record', description: 'The event.' } },
});

export const testCase = declare({
  type: 'object',
  description:
    'A test: its steps are one timeline over all ingresses. There is no last watermark unless a step says `end: true`.',
  fields: {
    tables: { ...tables, description: 'Contents of tables, instead of their files.' },
    steps: { type: 'list', required: true, of: step, description: 'Events and watermarks, in the order of arrival.' },
    expect: {
      type: 'map',
      keyReference: ['egress', 'function'],
      required: true,
      of: {
        type: 'list',
        of: { type: 'record', description: "A subset of the record's fields." },
        description: 'What the egress or function receives, in any order; `[]` means nothing.',
      },
      description:
        'What each named egress receives: every record by a subset of its fields, and the exact count. Functions are not called in a test; what would be sent to one is `{ id, type, message }`, under its type.',
      example: { alerts: [{ rule: 'card-testing', card: 'c1' }] },
    },
  },
});
