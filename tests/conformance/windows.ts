/** Convolution and pooling. */
import { type Any, type Build, type Builds, f, ofX } from './language.js'

type Given = number | readonly number[]
const list = (given: Given | undefined, count: number, byDefault: number): number[] =>
  given === undefined || given === null
    ? Array(count).fill(byDefault)
    : typeof given === 'number'
      ? Array(count).fill(given)
      : [...given]
const single = (given: Given | undefined, byDefault: number): number => list(given, 1, byDefault)[0]!
/** `y` plus one number per channel, axis 1. */
const shifted = (y: Any, b: Any | undefined): Any =>
  b
    ? f.add(
        y,
        f.reshape(
          b,
          y.shape.map((_: number, axis: number) => (axis === 1 ? -1 : 1)),
        ),
      )
    : y

const planar =
  (padding: (attrs: Record<string, any>) => number[][]): Build =>
  ({ x, w, b }, attrs) => {
    const y = f.convGeneral(x, w, {
      stride: list(attrs.stride, 2, 1),
      padding: padding(attrs),
      inputDilation: [1, 1],
      kernelDilation: list(attrs.dilation, 2, 1),
      groups: attrs.groups ?? 1,
    })
    return shifted(y, b)
  }
const line = ({ stride, padding, dilation, output_padding, groups = 1 }: Record<string, any>) => ({
  stride: single(stride, 1),
  padding: single(padding, 0),
  dilation: single(dilation, 1),
  ...(output_padding !== undefined && { outputPadding: single(output_padding, 0) }),
  groups,
})

export const convolutions: Builds = {
  conv2d: planar(({ padding }) => list(padding, 2, 0).map(amount => [amount, amount])),
  conv2d_pads: planar(({ pads }) => pads),
  conv1d: ({ x, w, b }, attrs) => shifted(f.conv1d(x, w, line(attrs)), b),
  conv3d: ({ x, w, b }, { stride, padding, dilation, groups = 1 }) =>
    shifted(
      f.conv3d(x, w, {
        stride: list(stride, 3, 1),
        padding: list(padding, 3, 0),
        dilation: list(dilation, 3, 1),
        groups,
      }),
      b,
    ),
  conv_transpose2d: ({ x, w, b }, { stride, padding, dilation, output_padding, groups = 1 }) =>
    shifted(
      f.convTranspose2d(x, w, {
        stride: list(stride, 2, 1),
        padding: list(padding, 2, 0),
        dilation: list(dilation, 2, 1),
        outputPadding: list(output_padding, 2, 0),
        groups,
      }),
      b,
    ),
  conv_transpose1d: ({ x, w, b }, attrs) => shifted(f.convTranspose1d(x, w, line(attrs)), b),
}

export const pooling: Builds = {
  max_pool2d: ofX((x, { kernel, stride, padding, dilation, ceil_mode = false }) => {
    const options = { stride: list(stride ?? kernel, 2, 1), padding: list(padding, 2, 0), ceil: ceil_mode }
    const apart = list(dilation, 2, 1)
    return apart.every(n => n === 1)
      ? f.maxPool2d(x, list(kernel, 2, 1), options)
      : f.dilatedMaxPool2d(x, list(kernel, 2, 1), { ...options, dilation: apart })
  }),
  avg_pool2d: ofX((x, { kernel, stride, padding, ceil_mode = false, count_include_pad = true }) =>
    f.avgPool2d(x, list(kernel, 2, 1), {
      stride: list(stride ?? kernel, 2, 1),
      padding: list(padding, 2, 0),
      ceil: ceil_mode,
      countPadding: count_include_pad,
    }),
  ),
  adaptive_avg_pool2d: ofX((x, { output_size }) => f.adaptiveAvgPool2d(x, output_size)),
  adaptive_max_pool2d: ofX((x, { output_size }) => f.adaptiveMaxPool2d(x, output_size)),
  global_avg_pool: ofX(x => f.mean(x, [2, 3])),
}
