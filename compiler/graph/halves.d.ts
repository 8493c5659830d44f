/** The nearest f16, halves to even: 11 bits, at least 2^-24 apart. Beyond its range it is infinite. */
export declare function toHalf(x: number): number;
/** The number that 16 bits stand for. */
export declare function fromHalf(bits: number): number;
/** The bits of the nearest half. */
export declare function halfBits(x: number): number;
