/** Functions that answer requests, and what is asked of the options together. */
import type { ValueOf } from '@tidegate/connectors/api';
import { isDeclared } from '../../common/function-namespace.js';
import type { FunctionType, Requests } from '../application.js';
import { requests as declaration } from '../declaration/requests.js';
import { fillDefaults } from '../read/defaults.js';
import type { BuildContext } from './context.js';

export type RequestsDraft = ValueOf<typeof declaration, 'draft'>;

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/i;

/** Undefined when there is none, or what is wrong with it was reported. */
export function buildRequests(
  draft: RequestsDraft | undefined,
  functions: ReadonlyMap<string, FunctionType>,
  { positions, diagnostics }: BuildContext,
): Requests | undefined {
  if (draft?.port === undefined || draft.functions === undefined) return undefined;
  const values: Record<string, unknown> = { ...draft };
  fillDefaults(declaration.fields, values);
  const requests = values as unknown as Requests;
  const refuse = (path: readonly string[], message: string, help: string): void =>
    diagnostics.error('TG113', message, { range: positions.locate(['requests', ...path]), help });
  for (const type of Object.keys(requests.functions))
    if (!functions.has(type) && !isDeclared(type, functions))
      refuse(
        ['functions', type],
        `requests.functions has ${type}, which is none of the functions`,
        'Add it to functions, or correct its name.',
      );
  for (const type of Object.keys(requests.decisions ?? {}))
    if (!Object.hasOwn(requests.functions, type))
      refuse(
        ['decisions', type],
        `requests.decisions has ${type}, which is not among requests.functions`,
        'Add it there, with the type of its messages, or correct its name.',
      );
  if (!LOOPBACK.test(requests.host) && requests.tokens === undefined && !requests.insecure)
    refuse(
      ['host'],
      `others can reach ${requests.host} and call functions without showing who they are`,
      'Add tokens: with a file of tokens (tidegate tokens), listen on 127.0.0.1, or write insecure: true.',
    );
  return requests;
}
