import assert from 'node:assert/strict';
import { withRules } from '../plan/sample.js';
import { call } from './command-line.js';

const files = {
  'application.yaml': withRules(`
  card-testing:
    description: Small probes, then one large charge
    severity: high
    from: payments
    key: cardId
    where: status == "approved"
    pattern:
      within: 10m
      skip: pastLastEvent
      steps:
        - begin: probe
          where: amount < 5
          times: 3..
        - followedBy: cashout
          where:
            - amount > 500
            - country != "NL"
      onTimeout: { reached: probe, to: near }
    select:
      card: key()
      probes: size(probe)
    message: "{{ card }} {{ probes }}"
    suppress: { for: 1h }
    to: alerts
  open:
    from: { payments: { key: owner }, logins: { key: user } }
    pattern:
      within: 1h
      steps:
        - begin: login
          from: logins
        - next: pay
          from: payments
          times: 2..
          repeat: consecutive
    to: [alerts, near]
  after: { from: card-testing, to: alerts }
  unpaid:
    from: payments
    key: cardId
    pattern:
      within: 15m
      steps:
        - begin: placed
        - notFollowedBy: settled
          where: status == "settled"
    to: alerts
`),
};

describe('tidegate explain', () => {
  it('says a pattern rule in plain words', async () => {
    const { exitCode, out } = await call(['explain', 'card-testing'], files);
    assert.equal(exitCode, 0);
    assert.equal(
      out,
      `card-testing (severity high)
Small probes, then one large charge

It reads payments.
The events of each cardId are a sequence of their own.
Only events count for which
    status == "approved"

An alert needs
  1. probe: 3 or more events, with
        amount < 5
        between them, what does not fit is passed over
  2. later (what does not fit is passed over) cashout: an event, with
        amount > 500
        and country != "NL"
The last event comes less than 10m after the first: exactly 10m is too late.
After an alert, sequences that began at or before its last event are given up.
A sequence that has reached probe and runs out of time goes to near.

An alert holds
  - card: key()
  - probes: size(probe)
and says
    {{ card }} {{ probes }}
After an alert, further ones of the same key are dropped for 1h of event time.

Alerts go to alerts.
The rule after reads its alerts.
`,
    );
  });

  it('says what may surprise in this rule, and not what may in others', async () => {
    const { out } = await call(['explain', 'open'], files);
    assert.match(out, /Events meet in one sequence where owner of payments and user of logins are equal\./);
    assert.match(out, /2\. directly after it pay: 2 or more events from payments\n {8}directly one after the other\n/);
    assert.match(out, /\nWorth knowing\n {2}- the last step "pay" is open-ended: .*\n {4}for one alert write times: 2/);
    const others = await call(['explain', 'card-testing'], files);
    assert.doesNotMatch(others.out, /Worth knowing/);
  });

  it('says when the alert of an absence comes', async () => {
    const { out } = await call(['explain', 'unpaid'], files);
    assert.match(out, /2\. never after that: settled: an event, with\n {8}status == "settled"\n/);
    assert.match(out, /\nThe alert comes when 15m have passed since the first event and no settled came\.\n/);
  });

  it('explains every rule of a path', async () => {
    const { out } = await call(['explain', 'application.yaml'], files);
    for (const name of ['card-testing (severity high)', 'open (severity medium)', 'after (severity medium)'])
      assert.ok(out.includes(name));
  });

  it('gives the values of every condition and of its parts for an event', async () => {
    const event = JSON.stringify({ cardId: 'c1', amount: 3, status: 'approved', at: 5 });
    const { exitCode, out, err } = await call(['explain', 'card-testing', '--event', event], files);
    assert.equal(exitCode, 0, err);
    assert.equal(
      out,
      `where of card-testing
    status                approved
    status == "approved"  true

begin: probe
    amount      3
    amount < 5  true

followedBy: cashout
    amount           3
    amount > 500     false
    country          absent
    country != "NL"  absent
`,
    );
    assert.equal(err, '');
  });

  it('asks no condition of a step that reads another stream', async () => {
    const { out } = await call(['explain', 'open', '--source', 'logins', '--event', '{"user": "u", "when": 1}'], files);
    assert.match(out, /begin: login\n {4}every event fits\n/);
    assert.match(out, /next: pay\n {4}not asked: the event is of logins\n/);
  });

  it('notes what does not fit the schema and goes on', async () => {
    const { exitCode, out, err } = await call(['explain', 'card-testing', '--event', '{"amount": "much"}'], files);
    assert.equal(exitCode, 0);
    assert.match(err, /^note: .*amount.*\nnote: time field at is missing\n$/);
    assert.match(out, /amount < 5 {2}(error|absent)/);
  });

  it('gives the values of an expression of the command line', async () => {
    const { out } = await call(['explain', '--expression', 'a * 2 > 5 || has(b)', '--event', '{"a": 3}'], {});
    assert.equal(
      out,
      `a                    3
a * 2                6
a * 2 > 5            true
b                    absent
has(b)               false
a * 2 > 5 || has(b)  true
`,
    );
  });

  it('says in one line that a table cannot be read', async () => {
    const text = withRules('  r:\n    from: logins\n    where: tables.users[user].vip\n    to: alerts').replace(
      'rules:',
      'tables:\n  users: { file: users.csv, key: user, schema: { user: string, vip: bool } }\nrules:',
    );
    const { exitCode, err } = await call(['explain', 'r', '--event', '{"user": "u"}'], { 'application.yaml': text });
    assert.equal(exitCode, 1);
    assert.match(err, /^error\[TG404\]: tables\.users: cannot read .*users\.csv.*\n$/);
  });

  it('points at what is wrong with an expression of the command line', async () => {
    const { exitCode, err } = await call(
      ['explain', 'card-testing', '--expression', 'amout > 5', '--event', '{"amount": 3}'],
      files,
    );
    assert.equal(exitCode, 1);
    assert.match(err, /^error\[TG202\]: .*did you mean "amount"\?\n --> <expression>:1:1\n/);
  });

  const misuses: readonly [what: string, words: readonly string[], message: RegExp][] = [
    ['a misspelt rule', ['card-tsting'], /there is no rule "card-tsting"; did you mean "card-testing"\?/],
    ['an event that is no JSON', ['card-testing', '--event', '{'], /--event is no JSON/],
    ['an event that is no object', ['card-testing', '--event', '[1]'], /--event is no JSON object/],
    ['an event of an unsaid stream', ['open', '--event', '{}'], /--source says which stream/],
    ['an expression without event', ['--expression', '1'], /--expression needs an --event/],
    ['an event without a rule', ['--event', '{}'], /--event needs a RULE/],
  ];
  for (const [what, words, message] of misuses) {
    it(`refuses ${what}, with its usage`, async () => {
      const { exitCode, err } = await call(['explain', ...words], files);
      assert.equal(exitCode, 2);
      assert.match(err, message);
      assert.match(err, /Usage: tidegate explain/);
    });
  }
});
