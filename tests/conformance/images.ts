/** Image augmentation with its parameters given. */
import { type Any, type Attributes, type Builds, f, ofX } from './language.js'
import { m } from './losses.js'

/** An effect on `[N, 3, H, W]` for images with any number of leading axes, or none. */
type Effect = (x: Any, attrs: Attributes) => Any
const perImage = (value: number, x: Any): Any => f.constant(value, [x.shape[0], 1, 1, 1])
const boxOf = ({ top, left, height, width }: Attributes, x: Any) =>
  Object.fromEntries(
    Object.entries({ top, left, height, width }).map(([name, value]) => [name, f.constant(value, [x.shape[0]])]),
  )

const effects: Readonly<Record<string, Effect>> = {
  resized_crop: (x, { size, antialias = false, ...box }) => f.cropResize(x, boxOf(box, x), size, { antialias }),
  hflip: x => f.flip(x, 3),
  vflip: x => f.flip(x, 2),
  brightness: (x, { factor }) => m.adjustBrightness(x, perImage(factor, x)),
  contrast: (x, { factor }) => m.adjustContrast(x, perImage(factor, x)),
  saturation: (x, { factor }) => m.adjustSaturation(x, perImage(factor, x)),
  hue: (x, { factor }) => m.adjustHue(x, perImage(factor, x)),
  grayscale: x => f.broadcastTo(m.luminance(x), x.shape),
  gaussian_blur: (x, { kernel, sigma }) => m.gaussianBlur(x, kernel, sigma),
  solarize: (x, { threshold }) => m.solarize(x, threshold),
  normalize: (x, { mean, std }) => m.normalized(x, { mean, std }),
  erase: (x, { value, ...box }) =>
    m.erase(x, boxOf(box, x), [value].flat().length === 1 ? Array(x.shape[1]).fill([value].flat()[0]) : value),
  pipeline: (x, { steps }) =>
    (steps as Attributes[]).reduce((y: Any, { op, ...attrs }) => {
      const effect = effects[op]
      if (!effect) throw new Error(`no mapping for the step ${op}`)
      return effect(y, attrs)
    }, x),
}

export const imageAugmentation: Builds = Object.fromEntries(
  Object.entries(effects).map(([name, effect]) => [
    name,
    ofX((x, attrs) => {
      const y = effect(f.reshape(x, [-1, ...x.shape.slice(-3)]), attrs)
      return f.reshape(y, [...x.shape.slice(0, -3), ...y.shape.slice(1)])
    }),
  ]),
)
