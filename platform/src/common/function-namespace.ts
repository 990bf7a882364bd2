/** Types of functions that are declared together: `shop/*` is each of `shop` that is not declared by its own name. */

export function isNamespace(type: string): boolean {
  return type.endsWith('/*');
}

/** Under what name all of a type's namespace would be declared; undefined for what is no type but such a name. */
export function namespaceOf(type: string): string | undefined {
  return isNamespace(type) ? undefined : `${type.slice(0, type.lastIndexOf('/') + 1)}*`;
}

/** The name of a type, without its namespace. */
export function nameInNamespace(type: string): string {
  return type.slice(type.lastIndexOf('/') + 1);
}

/** What is declared for a type: by its name, or with its namespace. */
export function declaredFor<T>(type: string, declared: ReadonlyMap<string, T>): T | undefined {
  const namespace = namespaceOf(type);
  return namespace === undefined ? undefined : (declared.get(type) ?? declared.get(namespace));
}

/** Whether a type is among those declared, by its name or with its namespace. */
export function isDeclared(type: string, declared: { has(name: string): boolean }): boolean {
  const namespace = namespaceOf(type);
  return namespace !== undefined && (declared.has(type) || declared.has(namespace));
}
