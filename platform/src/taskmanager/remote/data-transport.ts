/** How a slot reaches the slots of other processes: sockets of the composition root, or what a test puts in their place. */
import type { Exchange } from '../../wire/hello.js';

export interface DataTransport {
  /** Takes connections from now on. @returns where: `HOST:PORT` */
  listen(accept: AcceptLink): Promise<string>;
  /** @param exchange what the other side is told that the connection is for */
  dial(address: string, exchange: Exchange, events: DataLinkEvents): DataLink;
  /** Also of all its links. */
  close(): void;
}

/** @returns who is told of the link from now on; it is open already */
export type AcceptLink = (exchange: Exchange, link: DataLink) => DataLinkEvents | Refusal;

export interface Refusal {
  /** The other side is told. */
  readonly refused: string;
}

/** A connection that carries packets of numbered channels, whole and in order, or breaks. */
export interface DataLink {
  /** @param packet nobody writes to it any more @param channel from 1 on */
  send(packet: Uint8Array, channel: number): void;
  /** Nothing is told of it after this. @param reason told to the other side */
  close(reason: string): void;
}

export interface DataLinkEvents {
  /** Where the other side takes connections, as far as is known. */
  readonly peerAddress: string | undefined;
  /** Now it may be sent on. Not told of a link that was taken. */
  opened(): void;
  /** @param packet nobody writes to it any more */
  received(packet: Uint8Array, channel: number): void;
  /** The last that is told. */
  closed(reason: string): void;
}
