import type { Schedule } from '../schedules.js';
import { type Optimizer, type Told, type Where } from './optimizer.js';
/** What `lars` is told. */
export interface LarsOptions {
    /**
     * The global rate, which the trust ratio of each parameter scales: a number, or what a schedule says for the step.
     */
    readonly learningRate: number | Schedule;
    /** Default 0.9. */
    readonly momentum?: number;
    /** Default 0. */
    readonly weightDecay?: number;
    /** Trust coefficient. Default 0.001. */
    readonly eta?: number;
    /** Added to the sum of norms. Default 1e-8. */
    readonly epsilon?: number;
    /** What the norm of a parameter is compared with: `||g + wd p||` (default) or `||g|| + wd ||p||`. */
    readonly denominator?: 'norm-of-sum' | 'sum-of-norms';
    /** The learning rate inside the momentum buffer, as in the paper; matters where it changes. Default false. */
    readonly rateInMomentum?: boolean;
    /** Default false. */
    readonly nesterov?: boolean;
    /** LARC: the scaled rate is at most the learning rate. Default false. */
    readonly clip?: boolean;
    /** Parameters with neither weight decay nor scaling. Default `biasAndNorm`. */
    readonly exclude?: Where;
}
/**
 * `u = g + wd p; q = eta ||p|| / ||u||` (1 where a norm is 0); `v = m v + q u; p -= lr v`. Public implementations differ in
 * the denominator and in where the learning rate stands: see the options. Source: You et al., arXiv 1708.03888; excluded
 * parameters as in SimCLR, arXiv 2002.05709, and BYOL, arXiv 2006.07733.
 */
export declare function lars(told: Told<LarsOptions>): Optimizer;
