/** What to offer for a name that is not known. */
/** The three names that take the fewest edits to reach. */
export declare function nearest(word: string, names: readonly string[]): string;
