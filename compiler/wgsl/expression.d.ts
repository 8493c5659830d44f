/** Scalar expressions, literals and types as WGSL text. */
import { type Expression } from '../graph/expression.js';
import type { Combine } from '../graph/operation.js';
import type { DType } from '../types/tensor.js';
/** A literal that reads back as the same 32-bit number: the shortest decimal that rounds to it. */
export declare function literalText(value: number, dtype: DType): string;
/** Two accumulated values, of registers of one type, as one. */
export declare function combineText(combine: Combine, a: string, b: string, dtype: DType, width: number): string;
/** The text of one expression node, given the texts of its parts. */
export declare function expressionText(e: Expression, part: (e: Expression) => string): string;
/** A register value, or a vec4 of them, as it is stored. Halves are computed in f32; what is beyond their range is infinite. */
export declare function storedText(text: string, dtype: DType, vector: boolean): string;
