/**
 * The CEL specification's own tests as far as they need no protobuf types: 13 core files, without those tests in them
 * that make or name messages, wrappers and enums.
 */
import { getConformanceSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { UNTYPED } from '../../../src/expression/type.js';
import type { FieldType, RecordType, ValueType } from '../../../src/expression/type.js';
import { toStrict } from './expected-value.js';

type Suite = ReturnType<typeof getConformanceSuite>;
export type SpecTest = Suite['tests'][number]['original'];
type ProtoType = NonNullable<Extract<SpecTest['typeEnv'][number]['declKind'], { case: 'ident' }>['value']['type']>;

/** All files of the specification but those about protobuf messages, wrappers, enums, and extensions of CEL. */
export const CORE_FILES = [
  'basic',
  'comparisons',
  'conversions',
  'fields',
  'fp_math',
  'integer_math',
  'lists',
  'logic',
  'macros',
  'parse',
  'plumbing',
  'string',
  'timestamps',
];
/** Extensions that we offer, too; counted apart. */
export const EXTENSION_FILES = ['bindings_ext', 'encoders_ext', 'macros2', 'math_ext', 'string_ext'];

export interface ConformanceTest {
  /** `file/section/test`, made unique by a number. */
  readonly id: string;
  readonly file: string;
  readonly original: SpecTest;
}

const PROTOBUF = /TestAllTypes|google\.protobuf\.(?!Timestamp\b|Duration\b)\w|proto[23]\b|\bGlobalEnum\b/;

export function conformanceTests(files: readonly string[]): ConformanceTest[] {
  const ids = new Map<string, number>();
  return getConformanceSuite()
    .suites.filter((suite) => files.includes(suite.name))
    .flatMap((suite) => testsIn(suite, suite.name))
    .filter(({ original }) => !needsProtobuf(original))
    .map(({ path, original }) => {
      const count = (ids.get(path) ?? 0) + 1;
      ids.set(path, count);
      return { id: count === 1 ? path : `${path}#${count}`, file: path.split('/')[0] ?? '', original };
    });
}

function testsIn(suite: Suite, path: string): { path: string; original: SpecTest }[] {
  const own = suite.tests.map(({ name, original }) => ({ path: `${path}/${name}`, original }));
  return [...own, ...suite.suites.flatMap((inner) => testsIn(inner, `${path}/${inner.name}`))];
}

function needsProtobuf(test: SpecTest): boolean {
  const hasMessage = Object.values(test.bindings).some(
    ({ kind }) => kind.case === 'value' && kind.value.kind.case === 'objectValue',
  );
  return hasMessage || PROTOBUF.test(test.expr);
}

/** The variables that a test declares, as the fields of an event. Without a check they may be anything. */
export function eventOf(test: SpecTest): RecordType {
  const fields: Record<string, FieldType> = {};
  for (const { name, declKind } of test.typeEnv) {
    if (declKind.case === 'ident') fields[name] = { type: typeOf(declKind.value.type) };
  }
  for (const name of Object.keys(test.bindings)) fields[name] ??= { type: { kind: 'dyn' } };
  return { kind: 'record', fields, open: test.disableCheck };
}

export function bindingsOf(test: SpecTest): Record<string, unknown> {
  const bound: Record<string, unknown> = {};
  for (const [name, { kind }] of Object.entries(test.bindings)) {
    if (kind.case === 'value') bound[name] = toStrict(kind.value);
  }
  return bound;
}

const PRIMITIVES: readonly ValueType['kind'][] = ['dyn', 'bool', 'int', 'uint', 'double', 'string', 'bytes'];

function typeOf(type: ProtoType | undefined): ValueType {
  const kind = type?.typeKind;
  switch (kind?.case) {
    case 'primitive':
      return { kind: PRIMITIVES[kind.value] ?? 'dyn' } as ValueType;
    case 'wellKnown':
      return kind.value === 2 ? { kind: 'timestamp' } : kind.value === 3 ? { kind: 'duration' } : { kind: 'dyn' };
    case 'listType':
      return { kind: 'list', element: typeOf(kind.value.elemType) };
    case 'mapType':
      return { kind: 'map', key: typeOf(kind.value.keyType), value: typeOf(kind.value.valueType) };
    case 'messageType':
      return UNTYPED;
    default:
      return { kind: 'dyn' };
  }
}
