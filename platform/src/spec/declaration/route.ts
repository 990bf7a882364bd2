/** `routes.NAME`: records of a stream as messages for functions. */
import { declare } from '@tidegate/connectors/api';
import { conditions, functionDestination } from './names.js';

export const route = declare({
  type: 'object',
  description: 'Sends the records of a stream to functions, as messages of JSON.',
  fields: {
    from: {
      type: 'list',
      oneOrMany: true,
      required: true,
      of: {
        type: 'reference',
        to: ['ingress', 'rule'],
        description: 'The name of an ingress, or of a rule whose alerts are sent.',
      },
      description: 'What is sent: the name of an ingress or a rule, or a list of names.',
      example: 'payments',
    },
    where: conditions(
      'Only records for which it holds are sent: one condition, or a list of which all must hold. Default: all.',
      'amount > 100',
    ),
    to: {
      type: 'list',
      oneOrMany: true,
      required: true,
      of: functionDestination,
      description: 'The functions: one, or a list.',
    },
  },
});
