/** What the front needs of the world; the composition root gives it. */
export interface SpecHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An absolute path. */
  resolve(...paths: readonly string[]): string;
  /** The bytes of a file; throws when it cannot be read. */
  readFile(path: string): Uint8Array;
  /** Names in a folder; undefined when `path` is a file or does not exist. */
  listFolder(path: string): readonly string[] | undefined;
}
