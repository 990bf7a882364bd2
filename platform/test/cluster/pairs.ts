/** An application without an end, on several workers: events go from each to the others, by their key. */

/** @param out the options of its egress, in YAML's flow style. @returns the text of its file */
export const pairs = (name: string, out: string): string => `name: ${name}
settings: { checkpoint: { interval: 300ms } }
ingresses:
  ticks:
    generator: { rate: 400, fields: { n: { sequence: {} }, k: { choice: [1, 2, 3, 4, 5, 6, 7, 8] }, ts: { timestamp: { step: 1s } } } }
    schema: { n: int, k: int, ts: timestamp }
    time: { field: ts }
rules:
  pair:
    from: ticks
    key: k
    pattern: { within: 1h, steps: [{ begin: a }, { followedBy: b }] }
    to: out
egresses:
  out: ${out}
`;
