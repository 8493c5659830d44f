/** Means with what is known of their error, from few runs. */
/** Of n values: their mean, and their standard deviation (divisor n - 1; NaN for one value). */
export interface Summary {
    readonly n: number;
    readonly mean: number;
    readonly deviation: number;
}
export declare function summary(values: readonly number[]): Summary;
/** A mean and its confidence interval. Of one value the interval is all numbers. */
export interface Estimate extends Summary {
    readonly low: number;
    readonly high: number;
}
/**
 * The mean of n paired differences and its confidence interval by Student's t (paired t-test): `mean - t s / sqrt(n)` to
 * `mean + t s / sqrt(n)`, with `s` the standard deviation of the differences and `t` the quantile
 * `(1 + confidence) / 2` at n - 1 degrees of freedom. Source: Student, "The probable error of a mean", Biometrika 6, 1908.
 */
export declare function estimate(differences: readonly number[], confidence?: number): Estimate;
/**
 * The t with `P(|T| < t) = confidence` for `degrees` degrees of freedom, a whole number. With `angle = atan(t / sqrt(degrees))`
 * that probability is a finite sum (Abramowitz and Stegun, 26.7.3 and 26.7.4); the angle is found by bisection.
 */
export declare function studentQuantile(confidence: number, degrees: number): number;
/**
 * The p value of the two-sided paired t test that the mean of differences is 0: `P(|T| >= |mean| sqrt(n) / s)`; 1 for one value. It is
 * below `1 - confidence` where the interval of that confidence excludes 0.
 */
export declare function significance({ n, mean, deviation }: Summary): number;
