/** Names of types, functions and egresses: `namespace/name`, StateFun's form, with exactly one slash. */
export type Typename = `${string}/${string}`;

/** Throws a RangeError that says what `what` looks like. */
export function requireTypename(what: string, text: string): void {
  const [namespace, name, ...rest] = text.split('/');
  if (namespace === '' || name === undefined || name === '' || rest.length > 0)
    throw new RangeError(`${what} is namespace/name, with one slash; got ${JSON.stringify(text)}`);
}
