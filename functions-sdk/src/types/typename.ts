/** Names of types, functions and egresses: `namespace/name`, StateFun's form, with exactly one slash. */
export type Typename = `${string}/${string}`;

/** Throws a RangeError that says what `what` looks like. */
export function requireTypename(what: string, text: string): void {
  // Without splitting: messages to egresses are checked one by one.
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1 || text.indexOf('/', slash + 1) !== -1)
    throw new RangeError(`${what} is namespace/name, with one slash; got ${JSON.stringify(text)}`);
}
