/**
 * `tidegate run --rest`: the addresses of a run's functions over HTTP, at the paths that the API of a cluster has.
 *
 * Invariants
 * - Only this machine reaches it, and no page of a browser does.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { messageOf, TidegateError } from '../../../common/errors.js';
import { ADDRESS_ROUTES } from '../../../rest/address-routes.js';
import type { AddressHost, AddressService } from '../../../rest/address-service.js';
import { ApiError } from '../../../rest/api-error.js';
import { RestServer } from '../../../rest/rest-server.js';
import { addressText, LOOPBACK, type ClusterAddress } from '../../cluster/cluster-address.js';

export interface RunApiOptions {
  /** Of the job that runs. */
  readonly name: string;
  readonly addresses: AddressService;
  log(message: string): void;
}

/** @throws TidegateError TG485 where the address is taken, or none of this machine's */
export async function openRunApi(
  address: ClusterAddress,
  { name, addresses, log }: RunApiOptions,
): Promise<RestServer<AddressHost>> {
  const host: AddressHost = {
    addresses(job) {
      if (job === name) return addresses;
      throw new ApiError('not-found', `there is no job ${job} here, but ${name}`);
    },
  };
  const api = new RestServer(host, ADDRESS_ROUTES, { hosts: () => [...LOOPBACK, address.host], log });
  try {
    api.server.listen(address.port, address.host);
    await once(api.server, 'listening');
  } catch (error) {
    throw new TidegateError('TG485', `--rest ${addressText(address)} cannot be listened on: ${messageOf(error)}`);
  }
  const { port } = api.server.address() as AddressInfo;
  log(
    `functions are shown at http://${addressText({ ...address, port })}/v1/jobs/${encodeURIComponent(name)}/functions/`,
  );
  return api;
}
