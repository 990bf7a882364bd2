/**
 * The seam to where candidates keep the lease by which they choose a leader: a folder that they share, Redis, a simulated one.
 *
 * Invariants
 * - Of several who claim a term one has it, whatever happens: a term is claimed once and for all.
 * - Terms do not go away while somebody may ask, but for older ones than the highest.
 * - Each request is answered at most once; an answer may never come.
 * - Claim and renewal first write and then read: so where a holder renews while another claims, one of them sees the other.
 */
export interface Lease {
  /** Rises from holder to holder, from 1. */
  readonly term: number;
  /** A name that no other process ever has. */
  readonly holder: string;
  /** Where the holder's services are. */
  readonly address: string;
  /** Rises while the holder lives. */
  readonly beat: number;
  /** Given back: the next may claim at once. */
  readonly released: boolean;
}

export interface Unavailable {
  readonly kind: 'unavailable';
  readonly message: string;
}

/** `lost`: what its holder wrote before is not there any more. */
export type LeaseRead =
  { readonly kind: 'read'; readonly lease: Lease | undefined } | { readonly kind: 'lost' } | Unavailable;

/** `superseded`: somebody else has this term, or a higher one. */
export type LeaseClaim =
  | {
      readonly kind: 'claimed';
      /** The lease of the term before, read after this one was there. */
      readonly former: Pick<Lease, 'beat' | 'released'> | undefined;
    }
  | { readonly kind: 'superseded' }
  | Unavailable;

/** `superseded`: there is a higher term, which was looked for after this was written; `lost`: the term itself is not there any more. */
export type LeaseRenewal = { readonly kind: 'renewed' | 'superseded' | 'lost' } | Unavailable;

export interface LeaseStore {
  /** The lease of the highest term; undefined: nobody ever had one. */
  read(answered: (answer: LeaseRead) => void): void;
  claim(lease: Lease, answered: (answer: LeaseClaim) => void): void;
  /** By the holder of the term, and nobody else. */
  renew(lease: Lease, answered: (answer: LeaseRenewal) => void): void;
}
