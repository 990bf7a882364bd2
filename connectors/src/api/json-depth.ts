/** How deep JSON from outside may nest: values that nest deeper overflow the stack of whoever walks them later. */
export const JSON_DEPTH_MAX = 500;

/** Where the text first nests deeper than that, from 0; undefined: nowhere. The text need not be JSON. */
export function tooDeepAt(text: string): number | undefined {
  // Each level takes two characters at least.
  if (text.length < 2 * JSON_DEPTH_MAX) return undefined;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 92) at++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) {
      if (++depth > JSON_DEPTH_MAX) return at;
    } else if (code === 125 || code === 93) depth--;
  }
  return undefined;
}
