/** The connector `generator`: made-up records, the same for the same seed. */
import { declareSource, type Connector } from '../api/index.js';
import { GeneratorSource } from './generator-source.js';
import { options } from './options.js';

export const generator: Connector = {
  name: 'generator',
  source: declareSource({
    name: 'generator',
    description: 'Made-up records, the same for the same seed: for demonstrations and load. The format plays no part.',
    options,
    example:
      'generator: { count: 1000, fields: { id: { sequence: {} }, amount: { uniform: { max: 900 } }, ts: { timestamp: { step: 1s } } } }',
    createSource: (configured, _format, context) => new GeneratorSource(configured, context),
  }),
};
