/** Walks over what points to others (nodes, expressions, kernels), as deep as they like: without recursion. */
/** Everything that `roots` reach, what an item points to before the item itself. Adds to `done`, past which it does not go. */
export declare function postOrder<T>(roots: Iterable<T>, next: (item: T) => Iterable<T>, done?: Set<T>): Set<T>;
/** Everything that `roots` reach, an item before what it points to. Adds to `seen`, past which it does not go. */
export declare function preOrder<T>(roots: Iterable<T>, next: (item: T) => readonly T[], seen?: Set<T>): Set<T>;
/**
 * A function that is computed from its own results for what an item points to, remembered in `known`. Items that point deeper
 * than the stack should go are preceded by what they point to, so that recursion ends there.
 */
export declare function remembered<T, R>(next: (item: T) => Iterable<T>, compute: (item: T, again: (item: T) => R) => R, known?: Map<T, R>): (item: T) => R;
/** Calls of one function within each other, which may be several on the stack each. */
export declare const DEEP = 128;
/** What must come before what: a graph that grows, asked again and again whether a further edge would close a circle. */
export declare class Precedence<T> {
    #private;
    add(item: T): void;
    /** What was said to come before `item`. */
    before(item: T): ReadonlySet<T>;
    /** `first` comes before `item`. */
    require(item: T, first: T): void;
    /** Whether `to` is `from`, or comes before it, directly or not: a walk from both ends, which is over where one of them is. */
    reaches(from: T, to: T): boolean;
    /** The items, each after all that must come before it, otherwise as given. */
    sorted(items: Iterable<T>): T[];
}
