import assert from 'node:assert/strict';
import { CommandFolder } from '../command-line.js';

const GOOD = `name: app
ingresses:
  payments:
    file: p.jsonl
    schema: { card: string, amount: double, ts: timestamp }
    time: { field: ts, format: epoch-millis }
rules:
  big:
    from: payments
    key: card
    severity: high
    where: amount > 500
    to: alerts
egresses:
  alerts: { stdout: {} }
`;
const BAD = GOOD.replace('severity', 'serverity')
  .replace('from: payments', 'from: paymnts')
  .replace('where: amount', 'where: amout');

describe('tidegate validate', () => {
  let folder: CommandFolder;
  beforeEach(() => (folder = new CommandFolder()));
  afterEach(() => folder.remove());

  it('prints a misspelt key, a misspelt ingress and a misspelt field as exactly three errors, each with the nearest name', async () => {
    const { exitCode, out } = await folder.write('application.yaml', BAD).call(['validate', 'application.yaml']);
    assert.equal(exitCode, 1);
    assert.deepEqual(
      out.split('\n').filter((line) => line.startsWith('error[')),
      [
        'error[TG120]: unknown ingress or rule "paymnts" in rules.big.from; did you mean "payments"?',
        'error[TG110]: unknown key "serverity" in rules.big; did you mean "severity"?',
        'error[TG202]: unknown identifier "amout"; did you mean "amount"?',
      ],
    );
    assert.match(out, /\n3 errors\n$/);
  });

  it('shows the place of each, with a frame and a caret', async () => {
    const { out } = await folder.write('application.yaml', BAD).call(['validate', 'application.yaml']);
    assert.ok(
      out.includes(`error[TG202]: unknown identifier "amout"; did you mean "amount"?
  --> application.yaml:12:12
   |
12 |     where: amout > 500
   |            ^^^^^
`),
      out,
    );
  });

  it('says what a valid application consists of, and takes the current folder', async () => {
    folder.write('application.yaml', GOOD).write('p.jsonl', '');
    assert.deepEqual(await folder.call(['validate']), {
      exitCode: 0,
      out: 'application.yaml is valid: 1 ingress, 1 rule, 1 egress\n',
      err: '',
    });
  });

  it('gives warnings the exit code 0', async () => {
    const { exitCode, out } = await folder
      .write('application.yaml', GOOD.replace('file: p.jsonl', 'stdin: {}'))
      .call(['validate']);
    assert.equal(exitCode, 0);
    assert.match(out, /^warning\[TG150\]: /);
    assert.match(out, /\n1 warning\n$/);
  });

  it('warns of a path and of a glob that find no file, at their places, and of no other', async () => {
    const text = GOOD.replace('file: p.jsonl', 'file: { path: [here.jsonl, gone.jsonl, "*.jsonl", "logs/*.jsonl"] }');
    const { exitCode, out } = await folder.write('here.jsonl', '').write('application.yaml', text).call(['validate']);
    assert.equal(exitCode, 0);
    assert.deepEqual(
      out.split('\n').filter((line) => /^warning|-->/.test(line)),
      [
        'warning[TG152]: ingresses.payments finds no file at "gone.jsonl"',
        ' --> application.yaml:4:32',
        'warning[TG152]: ingresses.payments finds no file at "logs/*.jsonl"',
        ' --> application.yaml:4:55',
      ],
    );
    assert.match(out, /\n2 warnings\n$/);
  });

  it('shows the ingress where a path is written alone', async () => {
    const { out } = await folder.write('application.yaml', GOOD).call(['validate']);
    assert.match(out, /^warning\[TG152\]: .*"p\.jsonl"\n --> application\.yaml:4:5\n/);
  });

  it('prints JSON for programs', async () => {
    const { exitCode, out } = await folder.write('application.yaml', BAD).call(['validate', '--format', 'json']);
    assert.equal(exitCode, 1);
    const report = JSON.parse(out) as {
      valid: boolean;
      diagnostics: { code: string; range: { line: number }; suggestion: string }[];
    };
    assert.equal(report.valid, false);
    assert.deepEqual(
      report.diagnostics.map((one) => [one.code, one.range.line, one.suggestion]),
      [
        ['TG120', 9, 'payments'],
        ['TG110', 11, 'severity'],
        ['TG202', 12, 'amount'],
      ],
    );
  });

  it('prints annotations for GitHub', async () => {
    const { out } = await folder.write('application.yaml', BAD).call(['validate', '--format=github']);
    assert.equal(
      out.split('\n')[0],
      '::error file=application.yaml,line=9,col=11,endLine=9,endColumn=18,title=TG120::unknown ingress or rule "paymnts" in rules.big.from; did you mean "payments"?',
    );
    assert.equal(out.split('\n').filter((line) => line !== '').length, 3);
  });

  it('colours on a terminal alone, and not with NO_COLOR', async () => {
    folder.write('application.yaml', BAD);
    assert.ok((await folder.call(['validate'], { terminal: true })).out.includes('\u001b['));
    assert.ok(!(await folder.call(['validate'], { terminal: true, env: { NO_COLOR: '1' } })).out.includes('\u001b['));
    assert.ok(!(await folder.call(['validate'])).out.includes('\u001b['));
  });

  it('checks several applications', async () => {
    const { exitCode, out } = await folder
      .write('a.yaml', GOOD)
      .write('b.yaml', BAD)
      .call(['validate', 'a.yaml', 'b.yaml']);
    assert.equal(exitCode, 1);
    assert.match(out, /a\.yaml is valid/);
    assert.match(out, /b\.yaml:12:12/);
  });

  it('refuses a path that does not exist', async () => {
    const { exitCode, out } = await folder.call(['validate', 'nowhere.yaml']);
    assert.equal(exitCode, 1);
    assert.match(out, /^error\[TG100\]: nowhere\.yaml cannot be read: there is no such file\n/);
  });

  const schedules: readonly (readonly [cron: string, found: RegExp])[] = [
    ['"61 * * * *"', /error\[TG113\]: ingresses\.payments: the schedule "61 .*expected range 0-59\n.*:4:/],
    ['{ schedule: "0 0 31 2 *" }', /error\[TG113\]: ingresses\.payments: the schedule "0 0 31 2 \*" cannot be read/],
    ['{ schedule: "@daily", zone: Mars/Olympus }', /error\[TG113\]: .*the zone Mars\/Olympus of a schedule is no IANA/],
  ];
  for (const [cron, found] of schedules)
    it(`says what is wrong with the schedule ${cron}`, async () => {
      const text = GOOD.replace('file: p.jsonl', `cron: ${cron}`);
      const { exitCode, out } = await folder.write('application.yaml', text).call(['validate', 'application.yaml']);
      assert.equal(exitCode, 1, out);
      assert.match(out, found);
      assert.match(out, /\n1 error\n$/);
    });
});
