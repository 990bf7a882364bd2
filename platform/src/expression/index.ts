/** Expressions: CEL parsed, checked against schemas, compiled from the typed tree. What other folders use of it. */
export { parseExpression } from './parse.js';
export { checkExpression } from './check.js';
export type { CheckResult } from './check.js';
export { compileCondition, compileValue } from './compile.js';
export { ABSENT, EvaluationError } from './evaluation.js';
export type {
  CapturedEvents,
  Condition,
  EvaluationLayout,
  EvaluationRecord,
  TableRows,
  ValueOf,
} from './evaluation.js';
export { analyseComparisons, conjunction, fingerprint, readsCaptured, readsTables, speaksOfTypes } from './analysis.js';
export type { Comparison, Comparisons } from './analysis.js';
export { renameStages } from './rename-stages.js';
export { typeName } from './type-relation.js';
export { interpret } from './interpret.js';
export type { Observation } from './interpret.js';
export { functionReference } from './functions/catalogue.js';
export type { FunctionReference } from './functions/catalogue.js';
export { parseTemplate } from './template.js';
export type { TemplatePart } from './template.js';
export { renderValue, toJson, type ValueForm } from './render.js';
export type { Problem, ProblemCode } from './problem.js';
export { unionOfRecords } from './scope.js';
export type { ExpressionScope, StageScope, TableScope } from './scope.js';
export type { TypedTree } from './tree.js';
export { UNTYPED } from './type.js';
export { holdsType } from './type-value.js';
export type { FieldType, RecordType, ValueType } from './type.js';
