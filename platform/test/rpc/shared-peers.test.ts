import assert from 'node:assert/strict';
import { decodeWorkerCommand, encodeMessage } from '../../src/rpc/message-codec.js';
import { PeersIn, PeersOut } from '../../src/rpc/shared-peers.js';
import type { TaskCommand } from '../../src/rpc/task-execution.js';
import type { WorkerCommand } from '../../src/rpc/worker-messages.js';

const peersOf = (attempt: number) =>
  [0, 1].map((slot) => ({ name: `slot ${slot}`, address: `127.0.0.1:${attempt}${slot}` }));

function deploy(subtask: number, peers?: ReturnType<typeof peersOf>): TaskCommand {
  const deployment = {
    ...{ id: { epoch: 1, attempt: 1, task: 'rules.a', subtask }, slot: 0, keyGroups: { first: 0, last: 1 } },
    ...{ restore: undefined, found: { splits: [], more: false } },
  };
  return { kind: 'deploy', deployment: { ...deployment, ...(peers === undefined ? {} : { peers }) } };
}

describe('the addresses of slots', () => {
  let [out, into] = [new PeersOut(), new PeersIn()];
  const sent: WorkerCommand[] = [];

  /** What comes of a message at the other end. */
  function carried(assignment: number, message: TaskCommand): unknown {
    let got: unknown;
    for (const each of out.commands(assignment, 'w', message)) {
      sent.push(each);
      const command = decodeWorkerCommand(encodeMessage(each));
      if (command.kind === 'peers') into.hear(command);
      else if (command.kind === 'command') got = into.message(command);
    }
    return got;
  }

  /** As JSON has it. */
  const same = (got: unknown, message: TaskCommand): void =>
    assert.deepEqual(got, JSON.parse(JSON.stringify(message)) as unknown);

  beforeEach(() => {
    [out, into] = [new PeersOut(), new PeersIn()];
    sent.length = 0;
  });

  it('go over once for all the deployments of an attempt, to each assignment', () => {
    const peers = peersOf(1);
    for (const assignment of [1, 2])
      for (const subtask of [0, 1, 2]) same(carried(assignment, deploy(subtask, peers)), deploy(subtask, peers));
    assert.equal(sent.filter(({ kind }) => kind === 'peers').length, 2);
  });

  it('are those of the deployment also where one of an older attempt is said again', () => {
    const [older, younger] = [peersOf(1), peersOf(2)];
    for (const peers of [older, younger, older, younger]) same(carried(1, deploy(0, peers)), deploy(0, peers));
  });

  it('are not given to a deployment that has none, nor to other messages', () => {
    same(carried(1, deploy(0, peersOf(1))), deploy(0, peersOf(1)));
    same(carried(1, deploy(1)), deploy(1));
    const cancel: TaskCommand = { kind: 'cancel', id: { epoch: 1, attempt: 1, task: 'rules.a', subtask: 0 } };
    same(carried(1, cancel), cancel);
  });

  it('are told again when an assignment was over', () => {
    const peers = peersOf(1);
    same(carried(1, deploy(0, peers)), deploy(0, peers));
    out.forget(1);
    into.forget(1);
    same(carried(1, deploy(1, peers)), deploy(1, peers));
  });
});
