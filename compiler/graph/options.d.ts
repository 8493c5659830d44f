/** Throws `ShapeError` for what is no object of options, and for options that `what` has not; `undefined` is none at all. */
export declare function checkOptions(what: string, options: object | undefined, names: readonly string[]): void;
/** What convolutions may be told, and what their adjoints. */
export declare const CONV_OPTIONS: readonly ['stride', 'padding', 'dilation', 'groups'];
export declare const CONV_TRANSPOSE_OPTIONS: readonly ["stride", "padding", "dilation", "groups", "outputPadding"];
