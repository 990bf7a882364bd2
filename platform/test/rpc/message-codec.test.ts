import assert from 'node:assert/strict';
import { decodeWorkerCommand, decodeWorkerReport, encodeMessage } from '../../src/rpc/message-codec.js';
import type { WorkerCommand, WorkerReport } from '../../src/rpc/worker-messages.js';
import { encodeJsonWithBytes } from '../../src/record/codec/json-with-bytes.js';
import { WireError } from '../../src/wire/wire-error.js';

const id = { epoch: 2, attempt: 1, task: 'rules.r', subtask: 3 };

const REPORTS: readonly WorkerReport[] = [
  { kind: 'offer', slots: 2 },
  { kind: 'released', assignment: 1 },
  { kind: 'broken', assignment: 1, failure: { code: 'TG404', message: 'no table', retriable: false } },
  { kind: 'log', assignment: 1, entry: { time: 5, level: 'warn', message: 'slow', job: 'j', attempt: '1.2' } },
  { kind: 'metrics', assignment: 1, changes: [['rules.r', 'alerts', 'sum', 3]] },
  { kind: 'report', assignment: 1, taskManager: 'w/1/1', report: { kind: 'register', slots: 2 } },
  { kind: 'report', assignment: 1, taskManager: 'w/1/1', report: { kind: 'heartbeat', attempts: [] } },
  { kind: 'report', assignment: 1, taskManager: 'w/1/1', report: { kind: 'exhausted', id } },
  {
    kind: 'report',
    assignment: 1,
    taskManager: 'w/1/1',
    report: {
      kind: 'acknowledge',
      id,
      checkpoint: 7,
      snapshot: { keyed: [], operators: [], channels: [] },
      staged: [{ subtask: 0, epoch: 7, staged: Buffer.from([1, 2, 255]) }],
      metrics: { alignmentMs: 0, syncMs: 1.5, asyncMs: 2, bytes: 3, inFlightBytes: 0 },
    },
  },
];

const COMMANDS: readonly WorkerCommand[] = [
  { kind: 'release', assignment: 4 },
  { kind: 'command', assignment: 4, taskManager: 'w/4/1', message: { kind: 'cancel', id } },
  { kind: 'command', assignment: 4, taskManager: 'w/4/1', message: { kind: 'leader', epoch: 1, known: true } },
  { kind: 'command', assignment: 4, taskManager: 'w/4/1', message: { kind: 'checkpoint-aborted', id, checkpoint: 1 } },
];

const isMalformed = (error: unknown): boolean => error instanceof WireError && error.problem === 'malformed';

describe('messages between worker and coordinator', () => {
  for (const report of REPORTS) {
    it(`come as they were sent: ${report.kind}${report.kind === 'report' ? ` ${report.report.kind}` : ''}`, () => {
      const decoded = decodeWorkerReport(encodeMessage(report));
      assert.deepEqual(decoded, report);
    });
  }
  for (const command of COMMANDS) {
    it(`come as they were sent: ${command.kind}${command.kind === 'command' ? ` ${command.message.kind}` : ''}`, () =>
      assert.deepEqual(decodeWorkerCommand(encodeMessage(command)), command));
  }

  it('hold bytes of their own: the buffer that they came in may be used again', () => {
    const payload = Buffer.from(encodeMessage(REPORTS.at(-1)!));
    const decoded = decodeWorkerReport(payload) as unknown as { report: { staged: { staged: Uint8Array }[] } };
    payload.fill(0);
    assert.deepEqual([...decoded.report.staged[0]!.staged], [1, 2, 255]);
  });

  const refused: readonly (readonly [what: string, payload: Uint8Array])[] = [
    ['nothing', new Uint8Array()],
    ['garbage', Buffer.from('GET / HTTP/1.1\r\n')],
    ['a number', encodeJsonWithBytes(1)],
    ['a kind that there is not', encodeJsonWithBytes({ kind: 'rescale', assignment: 1 })],
    ['a kind of every object', encodeJsonWithBytes({ kind: 'constructor' })],
    ['a message of the other direction', encodeMessage(COMMANDS[0]!)],
    ['slots that are no number', encodeJsonWithBytes({ kind: 'offer', slots: '2' })],
    ['fewer slots than none', encodeJsonWithBytes({ kind: 'offer', slots: -1 })],
    ['no assignment', encodeJsonWithBytes({ kind: 'released' })],
    [
      'a report of a kind that there is not',
      encodeJsonWithBytes({ kind: 'report', assignment: 1, taskManager: 'w', report: { kind: 'gossip' } }),
    ],
    [
      'a report of no attempt',
      encodeJsonWithBytes({ kind: 'report', assignment: 1, taskManager: 'w', report: { kind: 'exhausted' } }),
    ],
    [
      'what was counted in a way that there is not',
      encodeJsonWithBytes({ kind: 'metrics', assignment: 1, changes: [['rules.r', 'alerts', 'median', 3]] }),
    ],
    ['a line without text', encodeJsonWithBytes({ kind: 'log', assignment: 1, entry: { time: 5, message: 1 } })],
    ['a message that is cut off', encodeMessage(REPORTS[3]!).slice(0, -3)],
  ];
  for (const [what, payload] of refused)
    it(`refuses ${what}`, () => assert.throws(() => decodeWorkerReport(payload), isMalformed));
});
