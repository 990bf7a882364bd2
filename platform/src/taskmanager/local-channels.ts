/** The channels inside one slot between the tasks of one attempt of the job, made when one of their ends asks first. */
import { LocalChannel } from '../network/local-channel.js';

export class LocalChannels {
  readonly #channels = new Map<string, LocalChannel>();

  /** @param name the same for both ends */
  channel(name: string): LocalChannel {
    let channel = this.#channels.get(name);
    if (channel === undefined) this.#channels.set(name, (channel = new LocalChannel()));
    return channel;
  }
}
