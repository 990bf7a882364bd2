/** What a picture of a graph shows: boxes with a few lines, and arrows with a word. Every format draws this. */
export interface GraphView {
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface Box {
  readonly id: string;
  readonly kind: 'ingress' | 'filter' | 'pattern' | 'suppress' | 'functions' | 'egress';
  readonly name: string;
  /** What it is, in a few words. */
  readonly detail: string;
  /** Its parts, one line each. */
  readonly rows?: readonly string[];
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Empty for the ordinary way of an ingress's events to a filter. */
  readonly label: string;
}
