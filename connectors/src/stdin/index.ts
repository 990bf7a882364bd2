/** The connector `stdin`: reads what is piped in. */
import { declareSource, fields, type Connector } from '../api/index.js';
import { StreamSource } from './stream-source.js';

export const stdin: Connector = {
  name: 'stdin',
  source: declareSource({
    name: 'stdin',
    description: 'The standard input: records until it is closed.',
    options: fields({}),
    example: 'stdin: {}',
    warning:
      'stdin cannot be read again: after a crash, records that were read and not yet processed are lost (at most once)',
    createSource: (_options, format, context) => new StreamSource(process.stdin, 'stdin', format, context),
  }),
};
