/** Where a rule's alerts go, and a route's records: egresses by name, functions by their addresses. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { FunctionDestination } from '../application.js';
import type { functionDestination } from '../declaration/names.js';
import type { Path } from '../positions.js';

export type FunctionDestinationDraft = ValueOf<typeof functionDestination, 'draft'>;

export type DestinationDrafts = readonly (string | FunctionDestinationDraft)[];

export function splitDestinations(
  drafts: DestinationDrafts,
  path: Path,
): { readonly to: readonly string[]; readonly toFunctions: readonly FunctionDestination[] } {
  const to = drafts.filter((one) => typeof one === 'string');
  return {
    to,
    toFunctions: functionDestinations(
      drafts.filter((one) => typeof one !== 'string'),
      path,
    ),
  };
}

/** What lacks something, which was reported, is left out. */
export function functionDestinations(drafts: readonly FunctionDestinationDraft[], path: Path): FunctionDestination[] {
  return drafts.flatMap((draft) => {
    const { function: name, id, type, value } = draft;
    if (name === undefined || id === undefined || type === undefined) return [];
    return [{ function: name, id, type, ...(value === undefined ? {} : { value }), path }];
  });
}
