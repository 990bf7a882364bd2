/** `ingresses.NAME.time`: where a record's event time comes from, and how far it may be out of order. */
import { declare } from '@tidegate/connectors/api';

export const time = declare({
  type: 'choice',
  description:
    'Where the time of a record comes from: a field of it (event time), or `ingestion`: the clock when it is read. Default: ingestion.',
  scalar: {
    type: 'string',
    enum: ['ingestion'],
    description: 'The time of a record is the clock when it is read.',
  },
  map: {
    type: 'object',
    description: 'Event time: a field of the record says when it happened.',
    fields: {
      field: {
        type: 'choice',
        required: true,
        scalar: { type: 'string', description: 'A field name, or a path with dots.' },
        list: {
          type: 'list',
          of: { type: 'string', description: 'A field name.' },
          description: 'A path of names, each taken as it is.',
        },
        description:
          'The field that holds the time; a path with dots (`properties.time`), or a list of names where a name holds a dot.',
        example: 'ts',
      },
      format: {
        type: 'string',
        description:
          'How the time is written: epoch-millis, epoch-seconds, epoch-micros, iso-8601, or a pattern such as `yyyy/MM/dd HH:mm`. Default: iso-8601 for text; a plain number needs a format unless the schema says `timestamp`.',
        example: 'epoch-millis',
      },
      zone: {
        type: 'string',
        description: 'The IANA time zone of texts that name none.',
        example: 'Europe/Amsterdam',
      },
      maxOutOfOrderness: {
        type: 'duration',
        default: '0s',
        description: 'How much earlier than the latest one an event may be and still be in time.',
        example: '5s',
      },
      idleTimeout: {
        type: 'duration',
        description:
          'A split without records for this long no longer holds back the watermark. Default: it always does.',
        example: '30s',
      },
      maxFuture: {
        type: 'duration',
        description:
          'A record whose time is further ahead of the clock than this is a bad record, so that one wrong date does not make all others late. Default: no limit.',
        example: '1h',
      },
      watermarkAlignment: {
        type: 'object',
        description:
          'Splits that are ahead in event time are not read on until those that are behind have come nearer: what they would give only waits. Splits that are idle (see idleTimeout) are not waited for; one that has given no record yet is, as it holds back the watermark too. Default: each is read as fast as it can be.',
        example: { maxDrift: '1m' },
        fields: {
          maxDrift: {
            type: 'duration',
            required: true,
            description: "How far a split's watermark may be ahead of the lowest one of the group.",
            example: '1m',
          },
          group: {
            type: 'string',
            description: 'Ingresses that name the same group are aligned with each other. Default: the ingress alone.',
            example: 'payments',
          },
          updateInterval: {
            type: 'duration',
            default: '1s',
            description:
              'How often all subtasks are asked how far they are, at least: they also tell it whenever they have come a quarter of maxDrift further.',
          },
        },
      },
      order: {
        type: 'string',
        enum: ['sorted', 'unordered'],
        default: 'sorted',
        description:
          '`sorted`: records come in the order of time, within maxOutOfOrderness. `unordered`: bounded input in any order, sorted before the first watermark.',
      },
      late: {
        type: 'reference',
        to: ['egress'],
        description:
          'The egress that takes late events: those behind the watermark. Default: they are counted and dropped.',
        example: 'late-payments',
      },
    },
  },
});
