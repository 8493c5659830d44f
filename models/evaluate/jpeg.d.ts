/**
 * What JPEG loses, as operations on the device: colour differences at half the resolution, and in blocks of 8 x 8 the cosine
 * transform rounded to multiples of a table. Source: ITU-T T.81 (09/92), annexes A and K; colours of JFIF 1.02.
 */
import type { Tensor } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Images, Vector } from '../tensors.js';
/** 128 numbers: the tables of quality 1 to 100, of brightness and of colour differences, scaled as libjpeg does. */
export declare function jpegTables(quality: number): number[];
type Block = Tensor<[8, 8], 'f32'>;
/** These numbers as tables `[8, 8]`. */
export declare const blocksOf: (numbers: Vector) => readonly [Block, Block];
/** Images `[N, 3, H, W]` in [0, 1] as they come back; beyond the edge, blocks are filled with its pixels. */
export declare function quantised(x: Images, [ofBrightness, ofColours]: readonly [Block, Block], [height, width]: readonly [number, number]): Tensor<[Dim, 3, number, number], "f32", import("../../compiler/index.js").Gradient>;
export {};
