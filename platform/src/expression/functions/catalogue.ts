/**
 * The catalogue of functions. The checker, the compiler, `tidegate list functions`, the reference page and the search for
 * the nearest name all read it.
 */
import { conversions } from './conversions.js';
import type { FunctionDefinition, Implementation, WithValues } from './definition.js';
import { forms } from './forms.js';
import { encodings } from './encodings.js';
import { geography } from './geography.js';
import { lists } from './lists.js';
import { maths } from './maths.js';
import { network } from './network.js';
import { parseSignature } from './signature.js';
import type { Signature } from './signature.js';
import { strings } from './strings.js';
import { times } from './times.js';

export interface Overload {
  readonly signature: Signature;
  readonly implementation: Implementation | WithValues;
}

export interface CatalogueEntry {
  readonly definition: FunctionDefinition;
  readonly overloads: readonly Overload[];
}

/** In the order and under the headings of the reference page. */
const GROUPS: readonly { readonly title: string; readonly definitions: readonly FunctionDefinition[] }[] = [
  { title: 'Text', definitions: strings },
  { title: 'Numbers', definitions: maths },
  { title: 'Times', definitions: times },
  { title: 'Lists and maps', definitions: lists },
  { title: 'Types', definitions: conversions },
  { title: 'Places', definitions: geography },
  { title: 'Networks', definitions: network },
  { title: 'Base64', definitions: encodings },
];

const DEFINITIONS: readonly FunctionDefinition[] = GROUPS.flatMap(({ definitions }) => definitions);

const CATALOGUE: ReadonlyMap<string, CatalogueEntry> = new Map(
  DEFINITIONS.map((definition) => {
    const overloads = Object.entries(definition.overloads).map(([text, implementation]) => ({
      signature: parseSignature(text),
      implementation,
    }));
    return [definition.name, { definition, overloads }];
  }),
);

export function catalogueEntry(name: string): CatalogueEntry | undefined {
  return CATALOGUE.get(name);
}

/** Names of functions and of forms that are written like functions. */
export function catalogueNames(): readonly string[] {
  return [...CATALOGUE.keys(), ...forms.map((form) => form.name)];
}

export interface FunctionReference {
  readonly name: string;
  readonly signatures: readonly string[];
  readonly description: string;
  readonly example: string;
}

function referenceOf({ name, description, example, overloads }: FunctionDefinition): FunctionReference {
  return { name, signatures: Object.keys(overloads), description, example };
}

/** Everything that can be called, by heading. */
export function functionGroups(): readonly {
  readonly title: string;
  readonly functions: readonly FunctionReference[];
}[] {
  const groups = GROUPS.map(({ title, definitions }) => ({ title, functions: definitions.map(referenceOf) }));
  return [{ title: 'Fields, events and macros', functions: forms }, ...groups];
}

/** The same by name. */
export function functionReference(): readonly FunctionReference[] {
  const functions = functionGroups().flatMap((group) => group.functions);
  return [...functions].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
