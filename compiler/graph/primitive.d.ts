/**
 * The primitives: what every target computes by itself, a closed table. Scalar functions of operations are formulas of
 * these (`Scalar.expand`), so what vectorizes, shares and prints knows this table alone, and a target is a text or an
 * instruction per row.
 */
import { type Expression, index, type Primitive, type Register } from './expression.js';
type Row = Omit<Primitive, 'name'>;
declare const rows: {
    add: Row;
    sub: Row;
    mul: Row;
    /** The upper word of the product of two. */
    mulHigh: Row;
    /** `a * b + c`, rounded once or twice: one way throughout a module. */
    fma: Row;
    /** Of integers towards 0; by 0 the dividend. */
    div: Row;
    /** `a - b * trunc(a / b)`; by the integer 0 it is 0. */
    rem: Row;
    min: Row;
    max: Row;
    neg: Row;
    abs: Row;
    sign: Row;
    floor: Row;
    ceil: Row;
    trunc: Row;
    /** The nearest integer, halves to even. */
    round: Row;
    sqrt: Row;
    rsqrt: Row;
    exp: Row;
    exp2: Row;
    log: Row;
    log2: Row;
    /** `a` is not negative. */
    pow: Row;
    atan: Row;
    atan2: Row;
    tanh: Row;
    equal: Row;
    notEqual: Row;
    less: Row;
    lessEqual: Row;
    greater: Row;
    greaterEqual: Row;
    and: Row;
    or: Row;
    xor: Row;
    not: Row;
    /** By fewer than 32 bits. */
    shiftLeft: Row;
    shiftRight: Row;
    /** Towards 0, and to the ends of the range beyond it. */
    'convert.f32.i32': Row;
    'convert.f32.u32': Row;
    'convert.i32.f32': Row;
    'convert.u32.f32': Row;
    'convert.i32.u32': Row;
    'convert.u32.i32': Row;
    'convert.bool.f32': Row;
    'convert.bool.i32': Row;
    'convert.bool.u32': Row;
    'bitcast.f32.u32': Row;
    'bitcast.u32.f32': Row;
    /** The value of the other invocation of its quad to the side, and of the one below or above. */
    'quad.swapX': Row;
    'quad.swapY': Row;
    'subgroup.sum': Row;
    'subgroup.prod': Row;
    'subgroup.max': Row;
    'subgroup.min': Row;
    'subgroup.any': Row;
    /** How many invocations a subgroup has, and which of them this is. */
    'subgroup.size': Row;
    'subgroup.lane': Row;
    'quad.0': Row;
    'quad.1': Row;
    'quad.2': Row;
    'quad.3': Row;
};
type Named = keyof typeof rows;
export declare const primitives: Readonly<Record<Named | `index.${keyof typeof index}` | 'choose', Primitive>>;
export type PrimitiveName = keyof typeof primitives;
type Operand = Expression | number;
/** What formulas are written with: a function per primitive. A number is a constant of the type that the other operands have. */
export declare const p: Readonly<Record<PrimitiveName, (...operands: Operand[]) => Expression>>;
/** A value as another type: integers by their bits, floats to integers towards 0, booleans as 0 and 1. */
export declare function convert(x: Expression, to: Register): Expression;
/** `c[0] + x * (c[1] + x * (c[2] + ...))`. */
export declare const polynomial: (x: Expression, coefficients: readonly number[]) => Expression;
export {};
