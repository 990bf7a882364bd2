/** A schema that a format's options give: a file, or the schema itself; and what is done with records that do not fit it. */
import { dirname, resolve } from 'node:path';
import { ConnectorError, declare, type FormatContext, type FormatUse, type OptionFault } from '../api/index.js';
import { givenFile } from '../disk/given-file.js';

export const onErrorOption = declare({
  type: 'string',
  enum: ['fail', 'dead-letter'],
  description:
    "Written: what becomes of a record that does not fit the schema. fail, which is the default, stops the job; dead-letter writes it as JSON, with the reason, to rejected.jsonl in the egress's state folder, and goes on.",
});

/** Of an ingress that has it. */
export function onErrorFault({ onError }: { readonly onError?: unknown }, use: FormatUse): OptionFault | undefined {
  if (use === 'write' || onError === undefined) return undefined;
  return {
    option: 'onError',
    reason: 'onError is for an egress; of an ingress onBadRecord says what becomes of what cannot be read',
  };
}

/**
 * Throws a ConnectorError where the file cannot be read, or `parse` throws what is wrong with it.
 * @param format its name, for messages
 * @param given the schema itself, as a map or as text, which has a brace in it; otherwise the path of its file
 * @param parse `beside` reads a file that lies beside it
 */
export function ownSchema<T>(
  format: string,
  given: string | Readonly<Record<string, unknown>>,
  { baseDir }: Pick<FormatContext, 'baseDir'>,
  parse: (text: string, beside: (path: string) => string) => T,
): T {
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  const isText = text.includes('{');
  const subject = `format ${format}: ${isText ? 'schema' : text}`;
  const folder = isText ? baseDir : dirname(resolve(baseDir, text));
  const beside = (path: string): string => givenFile(path, folder, `${subject} imports ${path}`).toString();
  try {
    return parse(isText ? text : givenFile(text, baseDir, subject).toString(), beside);
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectorError('invalid-option', `${subject}: ${reason}`, { cause: error });
  }
}

/** Throws a ConnectorError where there is a fault. */
export function assertSound(format: string, fault: OptionFault | undefined): void {
  if (fault !== undefined) throw new ConnectorError('invalid-option', `format ${format}: ${fault.reason}`);
}
