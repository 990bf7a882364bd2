/** The options of the source generator. */
import { declare, fields } from '../api/index.js';

export const fieldDeclaration = declare({
  type: 'object',
  description: 'How the value of a field is made; exactly one of these keys.',
  fields: {
    weights: {
      type: 'list',
      of: { type: 'number', minimum: 0, description: 'A weight.' },
      description:
        'With choice: how often each value comes, relative to the others; without it all come equally often.',
    },
  },
  variants: {
    constant: { type: 'any', description: 'The same value in every record.' },
    sequence: {
      type: 'object',
      description: 'An integer that rises by step.',
      fields: {
        start: { type: 'integer', default: 0, description: 'The first value.' },
        step: { type: 'integer', default: 1, description: 'By how much each value exceeds the one before.' },
      },
    },
    choice: { type: 'list', of: { type: 'any', description: 'A value.' }, description: 'One of these values.' },
    uniform: {
      type: 'object',
      description: 'A number between min and max, each equally likely.',
      fields: {
        min: { type: 'number', default: 0, description: 'The least value.' },
        max: { type: 'number', required: true, description: 'The greatest value.' },
        decimals: {
          type: 'integer',
          default: 0,
          minimum: 0,
          maximum: 9,
          description: 'Digits after the point; 0 gives integers.',
        },
      },
    },
    normal: {
      type: 'object',
      description: 'A normally distributed number.',
      fields: {
        mean: { type: 'number', required: true, description: 'The mean.' },
        stddev: { type: 'number', required: true, minimum: 0, description: 'The standard deviation.' },
        decimals: { type: 'integer', default: 2, minimum: 0, maximum: 9, description: 'Digits after the point.' },
      },
    },
    timestamp: {
      type: 'object',
      description: 'Epoch milliseconds that rise by step.',
      fields: {
        start: { type: 'string', default: '2024-01-01T00:00:00Z', description: 'The first time, ISO 8601.' },
        step: { type: 'duration', default: '1s', description: 'By how much each time exceeds the one before.' },
        jitter: {
          type: 'duration',
          default: '0ms',
          description: 'Up to how much later than its step a time may be, at random: data out of order.',
        },
      },
    },
  },
});

export const options = fields({
  fields: {
    type: 'map',
    of: fieldDeclaration,
    required: true,
    description: 'The fields of each record, and how their values are made.',
    example: {
      id: { sequence: { start: 1 } },
      user: { choice: ['ann', 'bob', 'eve'] },
      amount: { uniform: { min: 1, max: 900, decimals: 2 } },
      ts: { timestamp: { step: '10s' } },
    },
  },
  count: { type: 'integer', minimum: 0, description: 'How many records; without it they never end.' },
  rate: { type: 'number', minimum: 0.001, description: 'Records per second; without it as fast as they are taken.' },
  seed: { type: 'integer', default: 1, description: 'The same seed gives the same records.' },
});
