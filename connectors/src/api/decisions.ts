/** What a source needs where those who send events wait for what is decided of them. */

/** The header of a record that names the request with which it came. */
export const REQUEST_HEADER = 'tidegate-request';

export type Decided =
  /** For good: nobody is told anything else. */
  | { readonly kind: 'decided'; readonly by: 'rule' | 'default'; readonly body: Uint8Array }
  /** Its event is on its way. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'unknown' }
  /** The job is being restarted: to be asked again, by the same name. */
  | { readonly kind: 'lost' };

export interface Decisions {
  /** Whether events can be decided now. */
  readonly isOpen: boolean;
  /** @param how `wait`: for the decision, also where nothing is known yet. `look`: what is known by now */
  ask(request: string, how: 'wait' | 'look'): Promise<Decided>;
}
