/**
 * A text that is shown to somebody, with stars in the place of each secret.
 *
 * Invariants
 * - A secret is found as it is, and as addresses and JSON write it: what fails quotes it as it was used.
 * - Of one that holds another nothing is left over.
 */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  let shown = text;
  for (const form of [...secrets].flatMap(formsOf).sort((a, b) => b.length - a.length))
    shown = shown.replaceAll(form, '***');
  return shown;
}

function formsOf(secret: string): readonly string[] {
  if (secret === '') return [];
  // An address takes no halves of surrogate pairs.
  const text = secret.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURI(text), encodeURIComponent(text)];
}
