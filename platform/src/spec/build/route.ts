/** Routes: what each reads, and the functions that it goes to. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { Route } from '../application.js';
import type { route } from '../declaration/route.js';
import { functionDestinations } from './destinations.js';

export type RouteDraft = ValueOf<typeof route, 'draft'>;

/** Undefined when it reads nothing that exists, or leads nowhere; both were reported. */
export function buildRoute(name: string, draft: RouteDraft, isIngress: (name: string) => boolean): Route | undefined {
  const path = ['routes', name];
  const to = functionDestinations(draft.to ?? [], [...path, 'to']);
  const inputs = (draft.from ?? []).map((input) => ({
    kind: isIngress(input) ? ('ingress' as const) : ('rule' as const),
    name: input,
    path: [...path, 'from'],
  }));
  return inputs.length === 0 || to.length === 0 ? undefined : { name, inputs, where: draft.where ?? [], to };
}
