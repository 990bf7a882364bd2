/**
 * The catalogue of functions. The checker, the compiler, `tidegate list functions`, the reference page and the search for
 * the nearest name all read it.
 */
import { conversions } from './conversions.js';
import type { FunctionDefinition, Implementation, WithValues } from './definition.js';
import { forms } from './forms.js';
import type { Form } from './forms.js';
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

const DEFINITIONS: readonly FunctionDefinition[] = [
  ...conversions,
  ...strings,
  ...maths,
  ...lists,
  ...times,
  ...network,
  ...geography,
  ...encodings,
];

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

/** Everything that can be called, by name, for lists and reference pages. */
export function functionReference(): readonly FunctionReference[] {
  const functions = DEFINITIONS.map(({ name, description, example, overloads }) => ({
    name,
    signatures: Object.keys(overloads),
    description,
    example,
  }));
  const written = forms.map(({ name, signatures, description, example }: Form) => ({
    name,
    signatures,
    description,
    example,
  }));
  return [...functions, ...written].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
