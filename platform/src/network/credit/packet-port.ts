/**
 * The seam to a transport between two ends of a channel: a connection, or a simulated network. It delivers packets whole
 * and each once, those with data in order, or it breaks; what breaks these promises the ends find out.
 */
export interface PacketPort {
  /** @param packet may be kept; nobody writes to it any more */
  send(packet: Uint8Array): void;
}
