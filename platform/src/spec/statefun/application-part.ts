/** What one component of a module brings into the application: entries of its sections. */
import type { Node } from '../text/node.js';

/** Of `requests` the parts are fields, of the others named entries. */
export type Section = 'ingresses' | 'functions' | 'routes' | 'requests' | 'egresses';

export interface ApplicationPart {
  readonly section: Section;
  /** What it is called; types of functions are called what they are. */
  readonly name: string;
  readonly node: Node;
  /** What the module calls the component. Absent for what comes of other components. */
  readonly id?: string;
  /** For messages: what has the name, where that is not all of the component. */
  readonly subject?: string;
  /** What it was called before: what was saved under that is found, unless something else may be meant by it. */
  readonly formerName?: string;
}

/**
 * A `namespace/name` as names of an application are: letters, digits, `_` and `-`. It is the whole of it, so that it stays the same
 * whatever else a module has: state is kept by it. Two of a module may have the same here, which is then refused.
 */
export function plainName(typename: string): string {
  const name = typename.replace(/[^A-Za-z0-9_-]/g, '-');
  return /^[A-Za-z]/.test(name) ? name : `x${name}`;
}
