import { type BatchNormForm } from '../layers.js';
import { type Encoder, type Option } from './encoder.js';
/** What `mlp` may be told. */
export interface MlpOptions {
    /** Size of every layer, and of the result. Default 256. */
    readonly width?: number;
    /** Default 4. */
    readonly layers?: number;
    /** Batch norm after every linear layer, in this form (`{}`: `batchNorm`'s own). Default: none. */
    readonly norm?: BatchNormForm;
}
/**
 * Linear layers, each with relu: `[N, from]` to `[N, width]`. The defaults are the encoder of SCARF (Bahri et al. 2022,
 * arXiv 2106.15147, section 4). `2 width (from + (layers - 1) width)` operations per row. Sites: `layer1`, `layer2`, ...,
 * `pooled`, which is the last layer. Throws `ShapeError` for rows of another length.
 */
export declare const mlp: <const F extends number, const O extends MlpOptions = {}>(from: F, options?: O) => Encoder<F, Option<O, 'width', 256>, `layer${number}` | 'pooled', []>;
