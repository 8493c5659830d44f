/** The reason of an error of the file system; `undefined` for any other. */
export declare function reasonOf(error: unknown): string | undefined;
