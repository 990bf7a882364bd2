/**
 * How a frame lies in its bytes when it passes between two threads of one process: its kind, whether both ends forget texts
 * before it, whether traces are told, and where its cells end; the cells of all columns; the head, which says what they are;
 * the texts; rows; and the traces.
 */
/** A multiple of 8: cells begin there. */
export const FRAME_HEADER_BYTES = 8;
/** Places in the header. */
export const FRAME_BYTE = { kind: 0, forgets: 1, traced: 2 } as const;
/** As a place among the words. */
export const CELLS_END_WORD = 1;
/** The head of a group of dead letters begins with it; any other with its flags. */
export const LETTERS = 255;
