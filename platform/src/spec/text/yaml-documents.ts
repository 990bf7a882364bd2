/**
 * Text to the parser's document, within limits. Hostile text is stopped while it is read, before the parser builds or
 * recurses: parsing some thousand nested brackets a few times would abort the whole process.
 *
 * Invariants
 * - The lexer and the concrete parser keep their own stack, so their depth can be watched; only what passed goes to the
 *   composer, which recurses.
 * - Duplicate keys are not the parser's business: its test is quadratic.
 */
import { Composer, Lexer, Parser, type Document } from 'yaml';

const MAX_DEPTH = 64;
const MAX_TOKENS = 150_000;
const MAX_FAULTS = 20;

/** `more`: offset of a second document. */
export interface ParsedText {
  readonly document: Document.Parsed | undefined;
  readonly more?: number;
  /** Set when a limit stopped the reading. */
  readonly stopped?: { readonly reason: string; readonly offset: number };
}

export function readDocument(text: string): ParsedText {
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, strict: true, version: '1.2', keepSourceTokens: false });
  const parser = new Parser();
  let tokens = 0;
  let faults = 0;
  let more: number | undefined;
  let stopped: ParsedText['stopped'];

  function* limited() {
    let documents = 0;
    for (const lexeme of new Lexer().lex(text)) {
      tokens += 1;
      const { offset } = parser;
      for (const token of parser.next(lexeme)) {
        if (token.type === 'document') documents += 1;
        if (token.type === 'error' || token.type === 'directive') faults += 1;
        if (documents === 2) {
          more = token.offset;
          return;
        }
        yield token;
      }
      if (parser.stack.length > MAX_DEPTH) stopped = { reason: `nested more than ${MAX_DEPTH} levels deep`, offset };
      else if (tokens > MAX_TOKENS) stopped = { reason: `more than ${MAX_TOKENS} tokens long`, offset };
      if (stopped !== undefined || faults > MAX_FAULTS) return;
    }
    yield* parser.end();
  }

  let document: Document.Parsed | undefined;
  for (const composed of composer.compose(limited())) document ??= composed;
  return {
    document: stopped === undefined ? document : undefined,
    ...(more === undefined ? {} : { more }),
    ...(stopped === undefined ? {} : { stopped }),
  };
}
