/**
 * Simplification: equations, read from left to right. They hold for infinities and NaN too, so that a computation that has
 * broken stays broken; results may differ by rounding ((x * 2) * 3 = x * 6). Runs after differentiation: what only shapes gradients is dropped.
 */
import { type Rule } from './rewrite.js';
export declare const rules: readonly Rule[];
/** The graph after every rule that applies; simplifying it again changes nothing. `fired` hears of each application. */
export declare const simplify: (graph: import("../graph/graph.js").Graph, fired?: (rule: Rule) => void) => import("../graph/graph.js").Graph;
