// How long something is said that then goes by itself.

/** In milliseconds. */
export const readingTime = (words: string): number => 2500 + 60 * words.length;
