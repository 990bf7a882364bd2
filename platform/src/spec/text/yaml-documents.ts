/**
 * Text to the parser's document, within limits. Hostile text is stopped while it is read, before the parser builds or
 * recurses: parsing some thousand nested brackets a few times would abort the whole process.
 *
 * Invariants
 * - The lexer and the concrete parser keep their own stack, so their depth can be watched; only what passed goes to the
 *   composer, which recurses.
 * - Duplicate keys are not the composer's business: its test is quadratic.
 */
import { Composer, Lexer, Parser, type CST, type Document } from 'yaml';
import { RepeatedKeys } from './repeated-keys.js';

const MAX_DEPTH = 64;
/** Some thousand rules; reading more takes longer than anyone waits for an answer. */
const MAX_LINES = 60_000;
/** People write less than ten tokens to a line: what is much denser is no application, and stops early. */
const MAX_TOKENS = 60_000;
const MAX_TOKENS_PER_LINE = 12;
/** Of one map or block list. Some thousand rules, again: more are a table, which has a file of its own. */
const MAX_ITEMS = 10_000;
const MAX_FAULTS = 20;
/** As many as anyone reads in one report. */
const MAX_REPEATED_KEYS = 200;
const SPLIT = 'Split it into several files of one folder.';

export interface ParsedText {
  /** None when a limit stopped the reading, and of a text of nothing. */
  readonly documents: readonly Document.Parsed[];
  /** Offset of the first document that is more than was asked for. */
  readonly more?: number;
  readonly stopped?: { readonly reason: string; readonly offset: number; readonly help?: string };
}

/** @param documentsMax how many are read */
export function readDocuments(text: string, documentsMax: number): ParsedText {
  const tooLong = startOfLine(text, MAX_LINES + 1);
  if (tooLong !== undefined) {
    const reason = `more than ${MAX_LINES} lines long`;
    return { documents: [], stopped: { reason, offset: tooLong, help: SPLIT } };
  }
  const reading = new Reading(text, documentsMax);
  const composer = new Composer({
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
    version: '1.2',
    keepSourceTokens: false,
  });
  const documents = withoutStacks(() => [...composer.compose(reading.tokens())]);
  const { more, stopped } = reading;
  return {
    documents: stopped === undefined ? documents : [],
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

/** The tokens of the first documents, as long as no limit is passed. */
class Reading {
  more: number | undefined;
  stopped: ParsedText['stopped'];
  private readonly parser = new Parser();
  private readonly repeated = new RepeatedKeys();
  private begun = 0;
  private faults = 0;

  constructor(
    private readonly text: string,
    private readonly documentsMax: number,
  ) {}

  *tokens(): Generator<CST.Token, void> {
    for (const token of this.limited()) {
      if (token.type === 'document') this.begun += 1;
      if (token.type === 'error' || token.type === 'directive') this.faults += 1;
      if (this.begun > this.documentsMax) this.more ??= token.offset;
      if (this.begun > this.documentsMax || this.faults > MAX_FAULTS) return;
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
      this.repeated.note(this.parser.stack);
      const passed = this.limitPassed(lexemes, lines);
      if (passed !== undefined) {
        this.stopped = { ...passed, offset };
        return;
      }
    }
    yield* this.parser.end();
  }

  private limitPassed(lexemes: number, lines: number): { reason: string; help?: string } | undefined {
    const { stack } = this.parser;
    if (stack.length > MAX_DEPTH) return { reason: `nested more than ${MAX_DEPTH} levels deep` };
    if (lexemes > MAX_TOKENS + lines * MAX_TOKENS_PER_LINE)
      return { reason: `too dense: ${lexemes} tokens in ${lines === 1 ? 'one line' : `${lines} lines`}` };
    if (this.repeated.count > MAX_REPEATED_KEYS)
      return {
        reason: `repetitive: more than ${MAX_REPEATED_KEYS} keys are written again in their own map`,
        help: 'Give each key of a map a name of its own.',
      };
    const innermost = stack.at(-1);
    if (innermost !== undefined && isCounted(innermost) && innermost.items.length > MAX_ITEMS)
      return { reason: `too long: one map or list holds more than ${MAX_ITEMS} items`, help: SPLIT };
    return undefined;
  }
}

/** An expression in brackets is a list of what its commas part: only its density bounds it. */
function isCounted(token: CST.Token): token is CST.BlockMap | CST.BlockSequence | CST.FlowCollection {
  return 'items' in token && !(token.type === 'flow-collection' && token.start.type === 'flow-seq-start');
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
