/** The untyped syntax tree of an expression, with positions: what the parser makes and only the checker reads. */
interface SyntaxBase {
  readonly start: number;
  readonly end: number;
}
export type LiteralSyntax = SyntaxBase & { readonly kind: 'literal' } & (
    | { readonly type: 'null'; readonly value: null }
    | { readonly type: 'bool'; readonly value: boolean }
    | { readonly type: 'int' | 'uint'; readonly value: bigint }
    | { readonly type: 'double'; readonly value: number }
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'bytes'; readonly value: Uint8Array }
  );
export type BinarySyntaxOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

export type Syntax =
  | LiteralSyntax
  | (SyntaxBase & {
      readonly kind: 'identifier';
      readonly name: string;
      /** `.name`: never a variable of a macro. */ readonly absolute?: true;
    })
  | (SyntaxBase & {
      readonly kind: 'select';
      readonly operand: Syntax;
      readonly field: string;
      readonly fieldStart: number;
    })
  | (SyntaxBase & { readonly kind: 'index'; readonly operand: Syntax; readonly index: Syntax })
  | (SyntaxBase & {
      readonly kind: 'call';
      readonly target?: Syntax;
      readonly name: string;
      readonly nameStart: number;
      readonly arguments: readonly Syntax[];
    })
  | (SyntaxBase & { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Syntax })
  | (SyntaxBase & {
      readonly kind: 'binary';
      readonly operator: BinarySyntaxOperator;
      readonly operatorStart: number;
      readonly left: Syntax;
      readonly right: Syntax;
    })
  | (SyntaxBase & { readonly kind: 'logical'; readonly operator: '&&' | '||'; readonly operands: readonly Syntax[] })
  | (SyntaxBase & {
      readonly kind: 'conditional';
      readonly condition: Syntax;
      readonly then: Syntax;
      readonly otherwise: Syntax;
    })
  | (SyntaxBase & { readonly kind: 'list'; readonly elements: readonly Syntax[] })
  | (SyntaxBase & { readonly kind: 'map'; readonly entries: readonly (readonly [key: Syntax, value: Syntax])[] });

export function childrenOf(node: Syntax): readonly Syntax[] {
  switch (node.kind) {
    case 'literal':
    case 'identifier':
      return [];
    case 'select':
    case 'unary':
      return [node.operand];
    case 'index':
      return [node.operand, node.index];
    case 'call':
      return node.target === undefined ? node.arguments : [node.target, ...node.arguments];
    case 'binary':
      return [node.left, node.right];
    case 'logical':
      return node.operands;
    case 'conditional':
      return [node.condition, node.then, node.otherwise];
    case 'list':
      return node.elements;
    case 'map':
      return node.entries.flat();
  }
}
