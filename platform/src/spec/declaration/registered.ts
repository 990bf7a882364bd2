/** Connectors and formats of the registry as declarations: each is a key whose value is its options. */
import { declare, type Field, type Fields, type FormatFactory } from '@tidegate/connectors/api';
import type { Registry } from '../registry.js';

interface Registered {
  readonly description: string;
  readonly options: Fields;
  readonly shorthand?: string;
}

function optionsOf(registered: Registered): Field {
  const { description, options, shorthand } = registered;
  return shorthand === undefined
    ? { type: 'object', description, fields: options }
    : { type: 'object', description, fields: options, shorthand };
}

export function variantsOf(registered: ReadonlyMap<string, Registered>): Fields {
  return Object.fromEntries([...registered].map(([name, one]) => [name, optionsOf(one)]));
}

const usable = {
  read: (format: FormatFactory) => format.createFormat !== undefined,
  write: (format: FormatFactory) => format.createEncoder !== undefined,
};

/** `format: json`, or `format: { csv: { delimiter: ";" } }`. */
export function formatDeclaration(registry: Registry, use: 'read' | 'write') {
  const formats = new Map([...registry.formats].filter(([, format]) => usable[use](format)));
  const words = [...formats.keys()];
  return declare({
    type: 'choice',
    description: `The format of the records: ${words.join(', ')}, or a map of one of them with its options. Default: json.`,
    example: 'json',
    scalar: { type: 'string', enum: words, description: 'A format with its default options.' },
    map: {
      type: 'object',
      description: 'A format with its options.',
      fields: {},
      variants: variantsOf(formats),
    },
  });
}
