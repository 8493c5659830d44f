/**
 * Corruptions of images at five severities, as operations on the device. What a severity means is a row of numbers that an
 * entry takes as an input, so one kernel serves all five. Severities are those of CIFAR-10-C: Hendrycks and Dietterich,
 * arXiv 1903.12261, appendix B, and the authors' code that made the set (`make_cifar_c.py`).
 */
import type { Tensor } from '../../compiler/graph/node.js';
import type { Images, Scalar, Vector } from '../tensors.js';
/** A corruption of images at five severities. Source: Hendrycks and Dietterich, arXiv 1903.12261. */
export interface Corruption {
    /** Numbers of the severities 1 to 5, as published. */
    readonly severities: readonly [Row, Row, Row, Row, Row];
    /** From these numbers to those that `apply` takes. Default: the same. */
    readonly numbers?: (row: Row) => readonly number[];
    /** Images `[N, 3, H, W]` with values in [0, 1] to the same; `at(i)` is the i-th number, a scalar on the device. */
    readonly apply: (x: Images, at: (i: number) => Scalar, all: Vector) => Images;
    /** Whether it is one of the 15 that CIFAR-10-C's mean is taken over; the others are its extra ones. */
    readonly benchmark: boolean;
}
type Row = readonly number[];
/**
 * The 15 of CIFAR-10-C and three of its extra ones (without spatter). Adapted are: frost, whose texture is drawn instead of cropped from
 * photographs; what the source rounds to bytes between two steps, which is not; mirrored edges of the blurs that make fields.
 */
export declare const corruptions: {
    /** `x + c n` of normal `n`. */
    readonly gaussianNoise: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Tensor<[import("../../compiler/types/shape.js").Dim, 3, import("../../compiler/types/shape.js").Dim, import("../../compiler/types/shape.js").Dim], "f32", import("../../compiler/index.js").Gradient>;
    };
    /** `Poisson(c x) / c`. */
    readonly shotNoise: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Tensor<[import("../../compiler/types/shape.js").Dim, 3, import("../../compiler/types/shape.js").Dim, import("../../compiler/types/shape.js").Dim], "f32", import("../../compiler/index.js").Gradient>;
    };
    /** A share `c` of the values is 0 or 1, half of them each. */
    readonly impulseNoise: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Tensor<[import("../../compiler/types/shape.js").Dim, 3, import("../../compiler/types/shape.js").Dim, import("../../compiler/types/shape.js").Dim], "f32", import("../../compiler/index.js").Gradient>;
    };
    /** `x + c x n` of normal `n`. */
    readonly speckleNoise: {
        readonly benchmark: false;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Tensor<[import("../../compiler/types/shape.js").Dim, 3, import("../../compiler/types/shape.js").Dim, import("../../compiler/types/shape.js").Dim], "f32", import("../../compiler/index.js").Gradient>;
    };
    /** Deviation `c`, cut off at four deviations; beyond the edge the image is mirrored. */
    readonly gaussianBlur: {
        readonly benchmark: false;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Tensor<[import("../../compiler/types/shape.js").Dim, 3, import("../../compiler/types/shape.js").Dim, import("../../compiler/types/shape.js").Dim], "f32", import("../../compiler/index.js").Gradient>;
    };
    /** A disk of radius `c0`, smoothed by 3 x 3 weights of deviation `c1`; beyond the edge the image is mirrored. */
    readonly defocusBlur: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly numbers: ([radius, deviation]: Row) => number[];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Images;
    };
    /** Bell of deviation `c0`, `c1` rounds in which pixels change places with the one above, left or both, and the bell again. */
    readonly glassBlur: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Images;
    };
    /** A trail of radius `c0` and deviation `c1`, between 45 degrees up and down. */
    readonly motionBlur: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly numbers: ([radius, sigma]: Row) => number[];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Images;
    };
    /** The mean of the image and of its centre enlarged by 1, 1.01, 1.02, ... below `c`. */
    readonly zoomBlur: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Images;
    };
    /** Flakes: see `snowed`; `c` are mean, deviation, zoom, threshold, radius and deviation of the trail, share of the image. */
    readonly snow: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly numbers: ([mean, deviation, zoom, least, radius, sigma, keep]: Row) => number[];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Images;
    };
    /** `c0 x + c1 f`, f a drawn texture of frost, where the source has photographs. */
    readonly frost: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Images;
    };
    /** `c0` of a plasma fractal with decay `c1`. */
    readonly fog: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Images;
    };
    /** `c` is added to the value of hue, saturation and value. */
    readonly brightness: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Tensor<[import("../../compiler/types/shape.js").Dim, 3, import("../../compiler/types/shape.js").Dim, import("../../compiler/types/shape.js").Dim], "f32", import("../../compiler/index.js").Gradient>;
    };
    /** `c (x - m) + m`, `m` the mean of each channel of the image. */
    readonly contrast: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Tensor<[import("../../compiler/types/shape.js").Dim, 3, import("../../compiler/types/shape.js").Dim, import("../../compiler/types/shape.js").Dim], "f32", import("../../compiler/index.js").Gradient>;
    };
    /** The saturation of hue, saturation and value becomes `c0 s + c1`; grey, which has no hue, is taken as red. */
    readonly saturate: {
        readonly benchmark: false;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Tensor<[import("../../compiler/types/shape.js").Dim, 3, import("../../compiler/types/shape.js").Dim, import("../../compiler/types/shape.js").Dim], "f32", import("../../compiler/index.js").Gradient>;
    };
    /**
     * Displacements of `c0` times noise of deviation `c1`, after an affine map that moves three points by up to `c2`, in shares of the side. From
     * one severity to the next displacements grow, and the affine part becomes smaller.
     */
    readonly elastic: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Images;
    };
    /** Shrunk to `c` of its size by the mean of the pixels in each box, and back by the nearest pixel. */
    readonly pixelate: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly apply: (x: Images, at: (i: number) => Scalar) => Images;
    };
    /** Quality `c` of JPEG: 4:2:0, blocks of 8 x 8, without the rounding of pixels. */
    readonly jpeg: {
        readonly benchmark: true;
        readonly severities: readonly [Row, Row, Row, Row, Row];
        readonly numbers: ([quality]: Row) => number[];
        readonly apply: (x: Images, _: (i: number) => Scalar, all: Vector) => Tensor<[import("../../compiler/types/shape.js").Dim, 3, number, number], "f32", import("../../compiler/index.js").Gradient>;
    };
};
/** The name of a corruption: `gaussianNoise`, `fog`, `jpeg`, ... */
export type CorruptionName = keyof typeof corruptions;
/** All names of corruptions: the 15 of the benchmark and its extra ones. */
export declare const corruptionNames: CorruptionName[];
export declare const severityCount = 5;
/** The numbers that a corruption's entry takes for a severity, 1 to 5. */
export declare function severityNumbers(name: CorruptionName, severity: number): Float32Array;
/** Images `[N, 3, H, W]` in [0, 1], corrupted; `numbers` are those of `severityNumbers`. Every call draws anew. */
export declare function corrupt(x: Images, name: CorruptionName, numbers: Vector): Images;
export {};
