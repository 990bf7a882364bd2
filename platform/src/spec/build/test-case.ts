/** Tests of the application: each step is one event, a watermark or the end. */
import type { ValueOf } from '@tidegate/connectors/api';
import type { TestCase, TestStep } from '../application.js';
import type { testCase } from '../declaration/test-case.js';
import type { Path } from '../positions.js';
import { pathText } from '../read/path-text.js';
import type { BuildContext } from './context.js';

export type TestDraft = ValueOf<typeof testCase, 'draft'>;
type StepDraft = NonNullable<TestDraft['steps']>[number];

export function buildTestCase(name: string, draft: TestDraft, context: BuildContext): TestCase {
  const path = ['tests', name];
  const steps = (draft.steps ?? []).flatMap((step, index) => buildStep(step, [...path, 'steps', index], context) ?? []);
  const end = steps.findIndex(({ kind }) => kind === 'end');
  const after = end < 0 ? undefined : steps[end + 1];
  if (after !== undefined) {
    context.diagnostics.error('TG151', `${pathText(after.path)} comes after the end of the input`, {
      range: context.positions.locate(after.path),
      help: 'Let end: true be the last step.',
    });
  }
  return {
    name,
    tables: new Map(Object.entries(draft.tables ?? {})),
    steps,
    expect: new Map(Object.entries(draft.expect ?? {})),
    path,
  };
}

function buildStep(draft: StepDraft, path: Path, context: BuildContext): TestStep | undefined {
  const kinds = [
    ...draft.others.keys(),
    ...(draft.watermark === undefined ? [] : ['watermark']),
    ...(draft.tables === undefined ? [] : ['tables']),
    ...(draft.end === undefined ? [] : ['end']),
  ];
  const [kind, second] = kinds;
  const fail = (message: string, help: string) => {
    context.diagnostics.error('TG151', `${pathText(path)} ${message}`, { range: context.positions.locate(path), help });
    return undefined;
  };
  if (kind === undefined)
    return fail('has no event', 'Write the name of an ingress with the event, watermark, tables or end.');
  if (second !== undefined)
    return fail(`has both ${kind} and ${second}`, 'Write one event, watermark, tables or end a step.');
  if (draft.watermark !== undefined) return { kind: 'watermark', at: draft.watermark, path };
  if (draft.tables !== undefined) return { kind: 'tables', tables: new Map(Object.entries(draft.tables)), path };
  if (draft.end !== undefined)
    return draft.end ? { kind: 'end', path } : fail('says end: false', 'Remove the step, or write end: true.');
  const { repeat } = draft;
  return {
    kind: 'event',
    ingress: kind,
    value: draft.others.get(kind),
    ...(draft.at === undefined ? {} : { at: draft.at }),
    ...(repeat?.times === undefined ? {} : { repeat: { times: repeat.times, every: repeat.every } }),
    path,
  };
}
