/** What `tidegate init` writes: an application to change, and a hundred payments in which its rule finds something. */

export const starterApplication = `# yaml-language-server: $schema=application.schema.json
name: my-first-application

# Where events come from. \`tidegate list connectors\` shows what there is.
ingresses:
  payments:
    file: payments.jsonl
    schema:                      # the editor and \`tidegate validate\` know these fields
      card: string
      amount: double
      country: string?           # may be absent
      ts: timestamp
    time: { field: ts, format: iso-8601, maxOutOfOrderness: 5s }

# What to look for.
rules:
  card-testing:
    description: Small probes, then one large charge
    severity: high
    from: payments
    key: card                    # each card on its own
    pattern:
      within: 10m                # from the first event to the last
      skip: pastLastEvent        # one alert for all of it
      steps:
        - begin: probe
          where: amount < 5
          times: 2..             # two or more
        - followedBy: cashout
          where: amount > 500
    select:                      # what the alert says
      card: key()
      probes: size(probe)
      amount: cashout.amount
    message: "Card {{ card }}: {{ probes }} small probes, then {{ amount }}"
    to: alerts

# Where alerts go.
egresses:
  alerts: { stdout: {} }

# \`tidegate test\` runs these on virtual time.
tests:
  two probes and a large charge raise one alert:
    steps:
      - { at: 0m, payments: { card: c1, amount: 1 }, repeat: { times: 2, every: 1m } }
      - { at: 5m, payments: { card: c1, amount: 900 } }
      - end: true
    expect:
      alerts: [{ rule: card-testing, card: c1, probes: 2 }]
  a large charge alone is fine:
    steps:
      - { at: 0m, payments: { card: c1, amount: 900 } }
      - end: true
    expect:
      alerts: []
`;

const START = Date.UTC(2024, 0, 1, 9);
const STEP_MS = 20_000;

/** A payment every 20 seconds over ten cards; three of them are tested and cashed out. */
export function starterEvents(): string {
  const usual = Array.from({ length: 100 }, (_, index) =>
    payment(index, `card-${index % 10}`, 10 + ((index * 37) % 90)),
  );
  const frauds = (
    [
      ['card-3', 20],
      ['card-7', 45],
      ['card-9', 70],
    ] as const
  ).flatMap(([card, at]) => [
    payment(at + 0.2, card, 1),
    payment(at + 0.4, card, 2),
    payment(at + 0.6, card, 740 + at),
  ]);
  const inOrder = [...usual, ...frauds].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  return inOrder.map((event) => `${JSON.stringify(event)}\n`).join('');
}

interface Payment {
  readonly card: string;
  readonly amount: number;
  readonly country?: string;
  readonly ts: string;
}

function payment(position: number, card: string, amount: number): Payment {
  const ts = new Date(START + position * STEP_MS).toISOString();
  return position % 4 === 0 ? { card, amount, ts } : { card, amount, country: 'NL', ts };
}
