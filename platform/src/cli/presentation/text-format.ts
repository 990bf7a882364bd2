/**
 * The format `text`: alerts as people read them. Declared like every format; but a record's types are needed to mask
 * `pii` and to show times, so job-environment renders it with AlertText instead of an encoder of plain values.
 */
import { fields, type FormatFactory } from '@tidegate/connectors/api';

export const text: FormatFactory = {
  name: 'text',
  description:
    'For people: rule, severity, key and time, the message, and the matched events stage by stage. Write only.',
  options: fields({}),
  example: 'format: text',
  createEncoder() {
    throw new Error('text is rendered from records, not from plain values');
  },
};
