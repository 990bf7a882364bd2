/**
 * The parser of CEL expressions: from text to our own syntax tree, by recursive descent along the grammar of the CEL
 * specification, without its message literals (`Type{field: value}`).
 *
 * Invariants
 * P1 Text of any kind ends in a tree or a problem, in time linear in its length.
 * P2 No tree is deeper than MAX_DEPTH, so whoever walks it may recurse. `&&` and `||` are flat lists of operands.
 */
import { Lexer } from './lexer.js';
import type { Token } from './lexer.js';
import type { Problem } from './problem.js';
import { SyntaxProblem } from './syntax-problem.js';
import { childrenOf } from './syntax.js';
import type { BinarySyntaxOperator, Syntax } from './syntax.js';

export type ParseResult =
  { readonly ok: true; readonly ast: Syntax } | { readonly ok: false; readonly problems: readonly Problem[] };

/** UTF-16 units. */
export const MAX_TEXT_LENGTH = 100_000;
export const MAX_DEPTH = 200;

const RESERVED = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const RELATIONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
/** Words for operators in other languages, met where an operator or the end is expected. */
const PUNCTUATION_HINTS: ReadonlyMap<string, string> = new Map([
  [',', 'A list stands in brackets, ["a", "b"], and numbers have no separators: 1000.'],
]);
const FOREIGN_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['AND', '&&'],
  ['or', '||'],
  ['OR', '||'],
  ['not', '!'],
  ['is', '=='],
  ['mod', '%'],
]);

export function parseExpression(text: string): ParseResult {
  try {
    if (text.length > MAX_TEXT_LENGTH) {
      throw new SyntaxProblem(
        'TG201',
        `the expression has ${text.length} characters, more than ${MAX_TEXT_LENGTH}`,
        0,
        0,
      );
    }
    if (text.trim() === '') throw new SyntaxProblem('TG216', 'the expression is empty', 0, text.length);
    const ast = new Parser(text).parse();
    refuseDepth(ast);
    return { ok: true, ast };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { ok: false, problems: [error.problem] };
    throw error;
  }
}

class Parser {
  readonly #lexer: Lexer;
  #token: Token;
  #depth = 0;

  constructor(text: string) {
    this.#lexer = new Lexer(text);
    this.#token = this.#lexer.next();
  }

  parse(): Syntax {
    const expression = this.#expression();
    if (this.#token.kind !== 'end') this.#unexpected('the expression to end');
    return expression;
  }

  #expression(): Syntax {
    this.#descend();
    const condition = this.#logical('||');
    if (!this.#accept('?')) {
      this.#depth--;
      return condition;
    }
    const then = this.#logical('||');
    this.#expect(':');
    const otherwise = this.#expression();
    this.#depth--;
    return { kind: 'conditional', condition, then, otherwise, start: condition.start, end: otherwise.end };
  }

  #logical(operator: '||' | '&&'): Syntax {
    const operand = (): Syntax => (operator === '||' ? this.#logical('&&') : this.#relation());
    const first = operand();
    if (!this.#is(operator)) return first;
    const operands = [first];
    while (this.#accept(operator)) operands.push(operand());
    return { kind: 'logical', operator, operands, start: first.start, end: operands.at(-1)?.end ?? first.end };
  }

  #relation(): Syntax {
    return this.#leftAssociative(RELATIONS, () => this.#sum());
  }

  #sum(): Syntax {
    return this.#leftAssociative(SUMS, () => this.#product());
  }

  #product(): Syntax {
    return this.#leftAssociative(PRODUCTS, () => this.#unary());
  }

  #leftAssociative(operators: ReadonlySet<string>, operand: () => Syntax): Syntax {
    let left = operand();
    for (;;) {
      const token = this.#token;
      if ((token.kind !== 'symbol' && token.kind !== 'name') || !operators.has(token.text)) return left;
      this.#advance();
      const right = operand();
      const operator = token.text as BinarySyntaxOperator;
      left = { kind: 'binary', operator, operatorStart: token.start, left, right, start: left.start, end: right.end };
    }
  }

  #unary(): Syntax {
    const { start } = this.#token;
    const operator = this.#is('!') ? '!' : this.#is('-') ? '-' : undefined;
    if (operator === undefined) return this.#member();
    this.#advance();
    const token = this.#token;
    if (operator === '-' && (token.kind === 'int' || token.kind === 'double')) {
      // The sign belongs to the number, so that the smallest int can be written. Not for -0, which has no JSON.
      if (token.kind === 'int' || token.value !== 0) return this.#member(start);
    }
    this.#descend();
    const operand = this.#unary();
    this.#depth--;
    return { kind: 'unary', operator, operand, start, end: operand.end };
  }

  #member(signStart?: number): Syntax {
    let operand = this.#primary(signStart);
    for (;;) {
      if (this.#accept('.')) operand = this.#selection(operand);
      else if (this.#accept('[')) {
        const index = this.#expression();
        const end = this.#expect(']').end;
        operand = { kind: 'index', operand, index, start: operand.start, end };
      } else if (this.#is('{') && (operand.kind === 'identifier' || operand.kind === 'select')) {
        throw new SyntaxProblem(
          'TG200',
          'there are no message types here',
          this.#token.start,
          this.#token.end,
          'A map is written {"key": value}.',
        );
      } else return operand;
    }
  }

  #selection(operand: Syntax): Syntax {
    const token = this.#token;
    if (token.kind !== 'name' && token.kind !== 'quotedName') this.#unexpected('the name of a field');
    if (token.text === 'in' || token.text === 'true' || token.text === 'false' || token.text === 'null')
      this.#unexpected('the name of a field');
    this.#advance();
    const { text: name, start: nameStart, end } = token;
    if (token.kind === 'name' && this.#accept('(')) {
      const { arguments: values, end: close } = this.#arguments();
      return { kind: 'call', target: operand, name, nameStart, arguments: values, start: operand.start, end: close };
    }
    return { kind: 'select', operand, field: name, fieldStart: nameStart, start: operand.start, end };
  }

  #primary(signStart?: number): Syntax {
    const token = this.#token;
    const start = signStart ?? token.start;
    switch (token.kind) {
      case 'int':
      case 'uint': {
        this.#advance();
        const value = signStart === undefined ? token.value : -token.value;
        return integer(token.kind, value, start, token.end);
      }
      case 'double':
        this.#advance();
        return {
          kind: 'literal',
          type: 'double',
          value: signStart === undefined ? token.value : -token.value,
          start,
          end: token.end,
        };
      case 'string':
        this.#advance();
        return { kind: 'literal', type: 'string', value: token.value, start, end: token.end };
      case 'bytes':
        this.#advance();
        return { kind: 'literal', type: 'bytes', value: token.value, start, end: token.end };
      case 'name':
        return this.#named(token.text, token.start, false);
      case 'symbol':
        return this.#bracketed(token);
      default:
        return this.#unexpected('a value');
    }
  }

  #bracketed(token: Token): Syntax {
    const { start } = token;
    if (this.#accept('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (this.#accept('[')) {
      const elements = this.#sequence(']', () => this.#expression());
      return { kind: 'list', elements, start, end: this.#expect(']').end };
    }
    if (this.#accept('{')) {
      const entries = this.#sequence('}', () => {
        const key = this.#expression();
        this.#expect(':');
        return [key, this.#expression()] as const;
      });
      return { kind: 'map', entries, start, end: this.#expect('}').end };
    }
    if (this.#accept('.') && this.#token.kind === 'name') return this.#named(this.#token.text, start, true);
    return this.#unexpected('a value');
  }

  #named(name: string, start: number, absolute: boolean): Syntax {
    const { start: nameStart, end } = this.#token;
    if (name === 'true' || name === 'false') {
      this.#advance();
      return { kind: 'literal', type: 'bool', value: name === 'true', start, end };
    }
    if (name === 'null') {
      this.#advance();
      return { kind: 'literal', type: 'null', value: null, start, end };
    }
    if (name === 'in') this.#unexpected('a value');
    if (RESERVED.has(name)) {
      throw new SyntaxProblem(
        'TG200',
        `"${name}" is a reserved word of CEL`,
        nameStart,
        end,
        `A field of this name is written event["${name}"].`,
      );
    }
    this.#advance();
    if (this.#accept('(')) {
      const { arguments: values, end: close } = this.#arguments();
      return { kind: 'call', name, nameStart, arguments: values, start, end: close };
    }
    return { kind: 'identifier', name, start, end, ...(absolute ? { absolute } : {}) };
  }

  #arguments(): { arguments: Syntax[]; end: number } {
    const values = this.#sequence(')', () => this.#expression());
    return { arguments: values, end: this.#expect(')').end };
  }

  /** Elements up to the closing symbol, which is left; a comma after the last is allowed. */
  #sequence<T>(closing: string, element: () => T): T[] {
    const elements: T[] = [];
    while (!this.#is(closing)) {
      elements.push(element());
      if (!this.#accept(',')) break;
    }
    return elements;
  }

  #descend(): void {
    if (++this.#depth > MAX_DEPTH) throw tooDeep(this.#token);
  }

  #advance(): void {
    this.#token = this.#lexer.next();
  }

  #is(symbol: string): boolean {
    return this.#token.kind === 'symbol' && this.#token.text === symbol;
  }

  #accept(symbol: string): boolean {
    const found = this.#is(symbol);
    if (found) this.#advance();
    return found;
  }

  #expect(symbol: string): Token {
    const token = this.#token;
    if (!this.#accept(symbol)) this.#unexpected(`"${symbol}"`);
    return token;
  }

  #unexpected(expected: string): never {
    const token = this.#token;
    const { start, end } = token;
    if (token.kind === 'end')
      throw new SyntaxProblem('TG200', `the expression ends where ${expected} is expected`, start, end);
    const found = this.#lexer.text.slice(start, end);
    const operator = FOREIGN_OPERATORS.get(found);
    const hint = operator === undefined ? PUNCTUATION_HINTS.get(found) : `For "${found}" write ${operator}.`;
    throw new SyntaxProblem(
      'TG200',
      `unexpected ${found.length > 20 ? `${found.slice(0, 20)}...` : found}, expected ${expected}`,
      start,
      end,
      hint,
    );
  }
}

const SUMS = new Set(['+', '-']);
const PRODUCTS = new Set(['*', '/', '%']);

function integer(type: 'int' | 'uint', value: bigint, start: number, end: number): Syntax {
  const fits = type === 'int' ? BigInt.asIntN(64, value) === value : BigInt.asUintN(64, value) === value;
  if (!fits) throw new SyntaxProblem('TG214', `${value} does not fit into 64 bits`, start, end);
  return { kind: 'literal', type, value, start, end };
}

/** Chains such as a.b.c and 1 + 1 + 1 grow to the left without recursion, so the depth is measured afterwards. */
function refuseDepth(root: Syntax): void {
  let level: Syntax[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    const [first] = level;
    if (depth > MAX_DEPTH && first !== undefined) throw tooDeep(first);
    level = level.flatMap(childrenOf);
  }
}

function tooDeep(place: { readonly start: number; readonly end: number }): SyntaxProblem {
  return new SyntaxProblem(
    'TG201',
    `the expression is nested more than ${MAX_DEPTH} levels deep`,
    place.start,
    place.end,
  );
}
