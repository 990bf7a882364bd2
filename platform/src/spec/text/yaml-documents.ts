/**
 * Text to the parser's document, within limits. Hostile text is stopped while it is read, before the parser builds or
 * recurses: parsing some thousand nested brackets a few times would abort the whole process.
 *
 * Invariants
 * - The lexer and the concrete parser keep their own stack, so their depth can be watched; only what passed goes to the
 *   composer, which recurses.
 * - Duplicate keys are not the parser's business: its test is quadratic.
 */
import { Composer, Lexer, Parser, type CST, type Document } from 'yaml';

const MAX_DEPTH = 64;
/** Some thousand rules; reading more takes longer than anyone waits for an answer. */
const MAX_LINES = 60_000;
/** People write less than ten tokens to a line: what is much denser is no application, and stops early. */
const MAX_TOKENS = 60_000;
const MAX_TOKENS_PER_LINE = 12;
const MAX_FAULTS = 20;

export interface ParsedText {
  /** Undefined when a limit stopped the reading, and of a text of nothing. */
  readonly document: Document.Parsed | undefined;
  /** Offset of a second document. */
  readonly more?: number;
  readonly stopped?: { readonly reason: string; readonly offset: number; readonly help?: string };
}

export function readDocument(text: string): ParsedText {
  const tooLong = startOfLine(text, MAX_LINES + 1);
  if (tooLong !== undefined) {
    const help = 'Split it into several files of one folder.';
    return { document: undefined, stopped: { reason: `more than ${MAX_LINES} lines long`, offset: tooLong, help } };
  }
  const reading = new Reading(text);
  const composer = new Composer({
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
    version: '1.2',
    keepSourceTokens: false,
  });
  const [document] = withoutStacks(() => [...composer.compose(reading.tokens())]);
  const { more, stopped } = reading;
  return {
    document: stopped === undefined ? document : undefined,
    ...(more === undefined ? {} : { more }),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

/** Undefined when the text has fewer lines. */
function startOfLine(text: string, line: number): number | undefined {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    start = text.indexOf('\n', start) + 1;
    if (start === 0 || start === text.length) return undefined;
  }
  return start;
}

/** The tokens of the first document, as long as no limit is passed. */
class Reading {
  more: number | undefined;
  stopped: ParsedText['stopped'];
  private readonly parser = new Parser();
  private documents = 0;
  private faults = 0;

  constructor(private readonly text: string) {}

  *tokens(): Generator<CST.Token, void> {
    for (const token of this.limited()) {
      if (token.type === 'document') this.documents += 1;
      if (token.type === 'error' || token.type === 'directive') this.faults += 1;
      if (this.documents > 1) this.more ??= token.offset;
      if (this.documents > 1 || this.faults > MAX_FAULTS) return;
      yield token;
    }
  }

  private *limited(): Generator<CST.Token, void> {
    let lexemes = 0;
    let lines = 1;
    for (const lexeme of new Lexer().lex(this.text)) {
      const { offset } = this.parser;
      lexemes += 1;
      if (lexeme.includes('\n')) lines += 1;
      yield* this.parser.next(lexeme);
      if (this.parser.stack.length > MAX_DEPTH)
        this.stopped = { reason: `nested more than ${MAX_DEPTH} levels deep`, offset };
      else if (lexemes > MAX_TOKENS + lines * MAX_TOKENS_PER_LINE)
        this.stopped = {
          reason: `too dense: ${lexemes} tokens in ${lines === 1 ? 'one line' : `${lines} lines`}`,
          offset,
        };
      if (this.stopped !== undefined) return;
    }
    yield* this.parser.end();
  }
}

/** The parser makes an Error of every finding, and a hostile text has many; their stacks would cost seconds. */
function withoutStacks<T>(read: () => T): T {
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return read();
  } finally {
    Error.stackTraceLimit = usual;
  }
}
