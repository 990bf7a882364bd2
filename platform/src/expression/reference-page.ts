/** The page `docs/expressions.md`, generated from the catalogue of functions and the table of deviations. */
import { WORK_LIMIT } from './budget.js';
import { deviations } from './deviations.js';
import { functionGroups } from './functions/catalogue.js';
import { MAX_DEPTH, MAX_TEXT_LENGTH } from './parse.js';

const INTRODUCTION = `# Expressions

Generated from \`platform/src/expression\` by \`npm run schema\`. Do not edit.

Conditions and values are written in CEL, the [Common Expression Language](https://cel.dev), with the fields of the event
in scope by name: \`amount > 500 && country == "NL"\`. The whole event is \`event\`, so a field with an odd name is
\`event["user.id"]\`. \`tables.NAME[key]\` is a row of a table, and \`key in tables.NAME\` asks for one.

- A rule over an ingress with a schema is typed: \`validate\` refuses an unknown field, a text compared with a number, and
  an unknown function. Without a schema a field may have any type and be absent.
- A condition whose value is not true is false: also when it is absent, or an error.
- In a pattern, a stage of exactly one event is that event: \`cashout.amount\`. As soon as a stage, or a group around it,
  has \`times\` or \`optional\` it is a list: \`first(s)\`, \`last(s)\`, \`s[i]\`, \`size(s)\`, \`sum(s, amount)\`, \`s.all(e, ...)\`.
  The events of a stage that is not yet reached are absent.
- An expression has at most ${MAX_TEXT_LENGTH.toLocaleString('en')} characters, nested at most ${MAX_DEPTH} levels deep. One evaluation takes at most
  ${WORK_LIMIT.toLocaleString('en')} steps (elements visited, characters made); beyond that it is an error.
- In JSON and in messages a timestamp is text such as \`2026-01-31T12:00:00Z\`. A duration is \`"270s"\` in JSON and \`4m30s\`
  in a message.
`;

export function expressionsPage(): string {
  const groups = functionGroups().map(
    ({ title, functions }) => `## ${title}\n\n${functions.map(entry).join('\n\n')}\n`,
  );
  const rows = deviations.map(({ cel, here, why }) => `| ${cell(cel)} | ${cell(here)} | ${cell(why)} |`);
  const table = `## Where this is not CEL\n\nEverything else is as the specification's tests have it.\n\n| CEL | here | why |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  return [INTRODUCTION, ...groups, table].join('\n');
}

function entry({
  name,
  signatures,
  description,
  example,
}: ReturnType<typeof functionGroups>[number]['functions'][number]): string {
  const code = [...signatures, '', `// ${example}`].join('\n');
  return `### \`${name}\`\n\n${description}\n\n\`\`\`\n${code}\n\`\`\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
