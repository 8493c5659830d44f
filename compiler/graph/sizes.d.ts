export type Sizes = Readonly<Record<string, number>>;
/** Runs `body` with named sizes bound. */
export declare function withSizes<T>(sizes: Sizes, body: () => T): T;
/** What a size is bound to, if it is. */
export declare function sizeOf(size: number | string): number | undefined;
/** A shape with its names replaced by what they are bound to. Throws `ShapeError`. */
export declare function boundShape(shape: readonly (number | string)[]): number[];
