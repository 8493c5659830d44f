/**
 * MX11: `k' = Q[argmax_j k.Q_j]`: the key's nearest neighbour in a bank `[bank, D]` of the clean unit rows of earlier steps stands for it.
 * No gradient, no strength. `bank` default 4096. Source: NNCLR, arXiv 2104.14548 (98304; CIFAR-10: 65536).
 */
export declare const nearestNeighbour: ({ bank }?: {
    readonly bank?: number;
}) => import("./operator.js").Operator<"rows", "target", undefined>;
/**
 * MX12: `k' = unit(mean of the k rows of the bank nearest to the key)`. No gradient, no strength. `k` default 5, `bank` 4096. Source:
 * mean shift, arXiv 2105.07269 (k 5).
 */
export declare function neighbourMean({ k, bank }?: {
    readonly k?: number;
    readonly bank?: number;
}): import("./operator.js").Operator<"rows", "target", undefined>;
