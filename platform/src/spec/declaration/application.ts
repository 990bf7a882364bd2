/** The whole file. Its sections are maps by name, so a name is unique by construction. */
import { declare } from '@tidegate/connectors/api';
import type { Registry } from '../registry.js';
import { egressDeclaration } from './egress.js';
import { ingressDeclaration } from './ingress.js';
import { functionType } from './function.js';
import { FUNCTION_TYPES, IDENTIFIER, NAME } from './names.js';
import { requests } from './requests.js';
import { route } from './route.js';
import { rule } from './rule.js';
import { settings } from './settings.js';
import { table } from './table.js';
import { testCase } from './test-case.js';

export function applicationDeclaration(registry: Registry) {
  return declare({
    type: 'object',
    description: 'A Tidegate application: ingresses, rules over them, and egresses for the alerts.',
    fields: {
      name: {
        type: 'string',
        pattern: NAME,
        required: true,
        description: "The job's name. State and alerts belong to it.",
        example: 'card-fraud',
      },
      description: { type: 'string', description: 'What the application is for, for people.' },
      settings,
      ingresses: {
        type: 'map',
        keyPattern: NAME,
        of: ingressDeclaration(registry),
        description: 'The streams of events, by name. Where there are requests there need be none.',
      },
      tables: { type: 'map', keyPattern: IDENTIFIER, of: table, description: 'Lookup tables, by name.' },
      rules: {
        type: 'map',
        keyPattern: NAME,
        of: rule,
        description:
          'The rules, by name. Rules and ingresses share one name space. There are rules, or routes, or requests.',
      },
      functions: {
        type: 'map',
        keyPattern: FUNCTION_TYPES,
        of: functionType,
        description:
          'Stateful functions, by their type: namespace/name; namespace/* stands for all of the namespace that are not named.',
      },
      routes: {
        type: 'map',
        keyPattern: NAME,
        of: route,
        description: 'What is sent to functions as it comes, by name.',
      },
      requests,
      egresses: {
        type: 'map',
        keyPattern: NAME,
        of: egressDeclaration(registry),
        description:
          'Where alerts, late events and bad records go, by name. Where there are requests there need be none.',
      },
      tests: {
        type: 'map',
        of: testCase,
        description: 'Tests on virtual time, by a sentence that says what must hold.',
      },
    },
    later: {
      features: 'the name is reserved for a later version',
    },
  });
}

/** Sections that must be written, unless it is `requests` alone that bring work, and replies that tell what came of it. */
export const NEEDED_WITHOUT_REQUESTS = ['ingresses', 'egresses'] as const;

export type ApplicationConfig = ReturnType<typeof applicationDeclaration>;
