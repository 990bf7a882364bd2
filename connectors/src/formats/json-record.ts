/** What a record is: a JSON object. Lists, scalars and null are bad records. */
export const NOT_AN_OBJECT = 'not a JSON object';

export function isPlainRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
