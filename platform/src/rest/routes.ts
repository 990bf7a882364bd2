/** The API: every route that there is. */
import { ADDRESS_ROUTES } from './address-routes.js';
import type { Submission } from './cluster-service.js';
import { openApiDocument } from './openapi.js';
import type { Reply, Route } from './route.js';
import { OPENAPI_PATH } from './router.js';

const ok = (body: unknown): Reply => ({ status: 200, body });

const JOB = '/v1/jobs/{name}';

export const ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/jobs',
    role: 'operator',
    summary: 'Submit an application. The same submission once more changes nothing.',
    request: 'Submission',
    responses: {
      200: { description: 'this very submission was taken before', schema: 'Job' },
      201: { description: 'the job is taken, and runs as soon as it has slots', schema: 'Job' },
    },
    errors: ['conflict', 'invalid'],
    async handle({ body }, host) {
      const { job, isNew } = await host.cluster().submit(body as Submission);
      return { status: isNew ? 201 : 200, body: job };
    },
  },
  {
    method: 'GET',
    path: '/v1/jobs',
    role: 'viewer',
    summary: 'All jobs, also those that have ended.',
    responses: { 200: { description: 'in the order of their submission', schema: 'Jobs' } },
    errors: [],
    handle: (_, host) => ok({ jobs: host.cluster().jobs() }),
  },
  {
    method: 'GET',
    path: JOB,
    role: 'viewer',
    summary: 'A job, and its tasks.',
    responses: { 200: { description: 'the job', schema: 'JobDetails' } },
    errors: ['not-found'],
    handle: ({ parameters }, host) => ok(host.cluster().job(parameters['name']!)),
  },
  {
    method: 'DELETE',
    path: JOB,
    role: 'operator',
    summary: 'Forget a job that has ended, with its state. Its savepoints stay.',
    responses: { 200: { description: 'it is gone', schema: 'Nothing' } },
    errors: ['not-found', 'conflict'],
    async handle({ parameters }, host) {
      await host.cluster().delete(parameters['name']!);
      return ok({});
    },
  },
  {
    method: 'GET',
    path: `${JOB}/result`,
    role: 'viewer',
    summary: 'How a job has ended.',
    responses: { 200: { description: 'its end', schema: 'JobResult' } },
    errors: ['not-found', 'conflict'],
    handle: ({ parameters }, host) => ok(host.cluster().result(parameters['name']!)),
  },
  {
    method: 'GET',
    path: `${JOB}/exceptions`,
    role: 'viewer',
    summary: 'The last failures of a job, and what they led to.',
    responses: { 200: { description: 'oldest first', schema: 'Exceptions' } },
    errors: ['not-found'],
    handle: ({ parameters }, host) => ok({ exceptions: host.cluster().exceptions(parameters['name']!) }),
  },
  {
    method: 'GET',
    path: `${JOB}/checkpoints`,
    role: 'viewer',
    summary: 'The last checkpoints of a job.',
    responses: { 200: { description: 'oldest first', schema: 'Checkpoints' } },
    errors: ['not-found'],
    handle: ({ parameters }, host) => ok({ checkpoints: host.cluster().checkpoints(parameters['name']!) }),
  },
  {
    method: 'GET',
    path: `${JOB}/logs`,
    role: 'viewer',
    summary: 'The last lines about a job, of the coordinator and its workers, since this coordinator leads.',
    query: { after: 'the number of the last line that was seen; 0: all that are kept' },
    responses: { 200: { description: 'oldest first', schema: 'Logs' } },
    errors: ['not-found'],
    handle: ({ parameters, query }, host) =>
      ok({ entries: host.cluster().logs(parameters['name']!, query['after'] ?? 0) }),
  },
  {
    method: 'GET',
    path: `${JOB}/metrics`,
    role: 'viewer',
    summary: 'What a job has read, found and written, and how its tasks spend their time.',
    responses: {
      200: { description: 'sums over all its workers, since this coordinator leads', schema: 'JobMetrics' },
    },
    errors: ['not-found', 'conflict'],
    handle: ({ parameters }, host) => ok(host.cluster().metrics(parameters['name']!)),
  },
  {
    method: 'POST',
    path: `${JOB}/cancel`,
    role: 'operator',
    summary: 'End a job now. What is not in a completed checkpoint is given up.',
    responses: { 202: { description: 'it will be canceled, whatever happens', schema: 'Nothing' } },
    errors: ['not-found', 'conflict'],
    async handle({ parameters }, host) {
      await host.cluster().cancel(parameters['name']!);
      return { status: 202, body: {} };
    },
  },
  {
    method: 'POST',
    path: `${JOB}/stop`,
    role: 'operator',
    summary: 'End a job with a savepoint: nothing is processed after it.',
    request: 'Stop',
    responses: { 200: { description: 'the savepoint', schema: 'Savepoint' } },
    errors: ['not-found', 'conflict'],
    async handle({ parameters, body }, host) {
      const { drain = false } = body as { readonly drain?: boolean };
      return ok({ folder: await host.cluster().stop(parameters['name']!, drain) });
    },
  },
  {
    method: 'POST',
    path: `${JOB}/savepoint`,
    role: 'operator',
    summary: 'Save the state of a job, which goes on.',
    responses: { 200: { description: 'the savepoint', schema: 'Savepoint' } },
    errors: ['not-found', 'conflict'],
    handle: async ({ parameters }, host) => ok({ folder: await host.cluster().savepoint(parameters['name']!) }),
  },
  {
    method: 'POST',
    path: `${JOB}/rescale`,
    role: 'operator',
    summary: 'Run a job at another parallelism, as soon as there are slots for it; until then it runs on as it is.',
    request: 'Rescale',
    responses: { 202: { description: 'it will be, whatever happens', schema: 'Job' } },
    errors: ['not-found', 'conflict'],
    async handle({ parameters, body }, host) {
      const { parallelism } = body as { readonly parallelism: number };
      return { status: 202, body: await host.cluster().rescale(parameters['name']!, parallelism) };
    },
  },
  ...ADDRESS_ROUTES,
  {
    method: 'GET',
    path: '/v1/workers',
    role: 'viewer',
    summary: 'The workers that are there, and whose their slots are.',
    responses: { 200: { description: 'the workers', schema: 'Workers' } },
    errors: [],
    handle: (_, host) => ok({ workers: host.cluster().workers() }),
  },
  {
    method: 'GET',
    path: '/v1/health',
    role: 'viewer',
    summary: 'Whether the coordinator is there.',
    responses: { 200: { description: 'it is', schema: 'Health' } },
    errors: [],
    handle: (_, host) => ok(host.health()),
  },
  {
    method: 'GET',
    path: OPENAPI_PATH,
    role: 'viewer',
    summary: 'This document.',
    responses: { 200: { description: 'an OpenAPI document', schema: 'Document' } },
    errors: [],
    handle: (_, host) => ok(openApiDocument(ROUTES, host.health().version)),
  },
];
