/** The OpenAPI document (3.1) of a table of routes. */
import { statusOf } from './api-error.js';
import { API_SCHEMAS, type SchemaName } from './api-schemas.js';
import { API_ROLES, BODY_ERRORS, BODY_METHODS, COMMON_ERRORS, type Route } from './route.js';

/** The roles that an operation asks for stand in its `security`, as version 3.1 has it for schemes without scopes. */
const SECURITY_SCHEMES = {
  token: {
    ...{ type: 'http', scheme: 'bearer' },
    description:
      'A token of `tidegate tokens create`, where the coordinator was given a file of tokens. Its role is the one that the ' +
      `operation names, or a later one of: ${API_ROLES.join(', ')}.`,
  },
} as const;

export function openApiDocument(routes: readonly Route[], version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: { title: 'Tidegate', version, description: 'Jobs of a Tidegate cluster.' },
    paths,
    components: { schemas: API_SCHEMAS, securitySchemes: SECURITY_SCHEMES },
  };
}

function operation({
  method,
  path,
  summary,
  role,
  query = {},
  texts = {},
  request,
  responses,
  errors,
}: Route): unknown {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string' },
  }));
  const inQuery = (described: Readonly<Record<string, string>>, schema: unknown) =>
    Object.entries(described).map(([name, description]) => {
      return { name, in: 'query', required: false, description, schema };
    });
  const numbers = inQuery(query, { type: 'integer', minimum: 0 });
  const parameters = [...inPath, ...numbers, ...inQuery(texts, { type: 'string' })];
  const answers: Record<string, unknown> = {};
  for (const [status, { description, schema }] of Object.entries(responses))
    answers[status] = { description, ...content(schema) };
  for (const code of [...errors, ...COMMON_ERRORS, ...(BODY_METHODS.has(method) ? BODY_ERRORS : [])])
    answers[statusOf(code)] = { description: code, ...content('Error') };
  return {
    ...{ summary, parameters, security: [{ token: [role] }] },
    ...(request === undefined ? {} : { requestBody: content(request) }),
    responses: answers,
  };
}

function content(schema: SchemaName): { readonly content: unknown } {
  return { content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } } };
}
