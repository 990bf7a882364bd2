/** The typed tree of an expression (placeholder until the type checker lands). */
export type TypedTree = unknown;
