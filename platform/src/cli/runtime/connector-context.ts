/** What a connector of a job finds of this machine: its clock, its dice, a folder of its own. */
import { join } from 'node:path';
import type { ConnectorContext } from '@tidegate/connectors/api';
import { sign, SIGNATURE_HEADER } from '@tidegate/functions-sdk/signature';
import type { SinkNode, SourceNode, StreamGraph } from '../../job/stream-graph.js';
import { addressPolicy } from '../security/address-policy.js';
import { systemClock } from './system-clock.js';

/** Whom a connector tells what. */
export type ConnectorHost = Pick<ConnectorContext, 'fail' | 'log' | 'failpoint' | 'metrics'>;

export function connectorContext(
  { name, settings }: Pick<StreamGraph, 'name' | 'settings'>,
  node: SourceNode | SinkNode,
  host: ConnectorHost,
): ConnectorContext {
  return {
    ...host,
    job: name,
    name: node.name,
    baseDir: settings.baseDir,
    stateDir: join(settings.stateDir, node.id),
    now: () => systemClock.now(),
    schedule: (ms, callback) => systemClock.schedule(ms, callback),
    random: () => Math.random(),
    callable: addressPolicy(process.env, 'TIDEGATE_EGRESS_HOSTS'),
    sign: (secrets, body) => ({ name: SIGNATURE_HEADER, value: sign(secrets, body, systemClock.now()) }),
  };
}
