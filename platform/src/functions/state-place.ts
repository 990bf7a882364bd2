/** Where a type of functions has its state in checkpoints. */

export interface StatePlace {
  /** Who declared it. */
  readonly owner: string;
  /** Before the names of its states: those of a namespace share its owner. */
  readonly prefix: string;
  /** For messages. */
  readonly subject: string;
}

/** @param declared the type, or the namespace that it is of */
export function placeOf(type: string, declared: string): StatePlace {
  const subject = functionOwner(type);
  return { owner: functionOwner(declared), prefix: type === declared ? '' : `${type} `, subject };
}

/** Who has the state of a declared type, and the metrics of a type. */
export function functionOwner(type: string): string {
  return `functions.${type}`;
}
