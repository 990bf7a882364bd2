/** `tables.NAME`: rows looked up by a key in expressions, as `tables.NAME[key].field`. */
import { declare } from '@tidegate/connectors/api';

export const table = declare({
  type: 'object',
  description: 'A lookup table from a file, reloaded when the file changes; read as `tables.NAME[key].field`.',
  fields: {
    file: {
      type: 'string',
      required: true,
      description: 'The file, relative to the application file.',
      example: 'cards.csv',
    },
    format: {
      type: 'string',
      enum: ['csv', 'json', 'jsonl'],
      description: 'CSV with a header line, a JSON list, or JSON Lines. Default: by the extension of the file.',
    },
    key: { type: 'string', required: true, description: 'The column that rows are looked up by.', example: 'cardId' },
    schema: {
      type: 'schema',
      description: 'The types of the columns. Without it every column may be absent and has any type.',
      example: { cardId: 'string', country: 'string' },
    },
  },
});
