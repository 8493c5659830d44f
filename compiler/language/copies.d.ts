/** This copy, as the entries that it makes know it. */
export declare const thisCopy: object;
/** What to say besides, of something that works in one copy: nothing where this is the only one. */
export declare const unlessAlone: () => string;
