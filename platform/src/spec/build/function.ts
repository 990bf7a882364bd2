/** Types of stateful functions, and what is asked of their options together. */
import type { ValueOf } from '@tidegate/connectors/api';
import { isNamespace, nameInNamespace } from '../../common/function-namespace.js';
import type { FunctionType, FunctionWay } from '../application.js';
import type { functionType } from '../declaration/function.js';
import { UrlTemplate } from '../../job/url-template.js';
import { pathText } from '../read/path-text.js';
import type { BuildContext } from './context.js';

export type FunctionDraft = ValueOf<typeof functionType, 'draft'>;

const DEFAULT_FAILURE = { retries: 10, then: 'fail' } as const;
const DEFAULT_WINDOW_MS = 1000;
/** What `@tidegate/functions-sdk/signature` takes. */
const SECRET_LENGTH_MIN = 16;
const URL_HELP = 'As in http://localhost:8000/statefun, or http://functions:8000/{function.name}.';

/** Undefined when it is served nowhere, which was reported. */
export function buildFunction(name: string, draft: FunctionDraft, context: BuildContext): FunctionType | undefined {
  const way = wayOf(draft);
  if (way === undefined) return undefined;
  const { onFailure = DEFAULT_FAILURE, concurrency, maxTypes, priority = 0 } = draft;
  const { messages, per = DEFAULT_WINDOW_MS } = draft.rate ?? {};
  const path = ['functions', name];
  const refuse = (place: readonly string[], message: string, help: string): void =>
    context.diagnostics.error('TG113', `${pathText([...path, ...place])} ${message}`, {
      range: context.positions.locate([...path, ...place]),
      help,
    });
  if (onFailure.then === 'dead-letter' && onFailure.to === undefined)
    refuse(['onFailure'], 'sends dead letters nowhere', 'Add to: with the name of an egress.');
  if (maxTypes !== undefined && !isNamespace(name))
    refuse(['maxTypes'], `is for a namespace, and ${name} is one type`, 'Remove it.');
  const http = way.kind === 'http' ? way.http : undefined;
  const unfit = http && urlFault(http.url, name);
  if (unfit !== undefined) refuse(['http', 'url'], `cannot be called: ${unfit}`, URL_HELP);
  if (http?.tls !== undefined && (http.tls.cert === undefined) !== (http.tls.key === undefined))
    refuse(['http', 'tls'], 'has a certificate or a key without the other', 'Write both, or neither.');
  if (http?.secrets?.some((secret) => secret.length < SECRET_LENGTH_MIN) === true)
    refuse(
      ['http', 'secrets'],
      'has a secret that can be guessed',
      `A secret has ${SECRET_LENGTH_MIN} characters or more.`,
    );
  return {
    ...{ name, way, onFailure, priority },
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(maxTypes === undefined ? {} : { maxTypes }),
    ...(messages === undefined ? {} : { rate: { messages, per } }),
  };
}

/** Of one type also whether its name may stand in the URL. */
function urlFault(url: string, type: string): string | undefined {
  try {
    const template = new UrlTemplate(url);
    if (!isNamespace(type)) template.target(nameInNamespace(type));
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function wayOf({ variant }: FunctionDraft): FunctionWay | undefined {
  if (variant?.value === undefined) return undefined;
  if (variant.kind === 'http') {
    const { url, ...http } = variant.value;
    return url === undefined ? undefined : { kind: 'http', http: { ...http, url } };
  }
  const { file, ...module } = variant.value;
  return file === undefined ? undefined : { kind: 'module', module: { ...module, file } };
}
