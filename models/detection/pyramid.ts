/**
 * A feature pyramid (Lin et al., arXiv 1612.03144) on the maps that an encoder has at its sites: each is brought to one number of
 * channels, coarse maps are added to finer ones, and strided convolutions go on from the coarsest.
 */
import type { Tensor } from '../../compiler/graph/node.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { type Module, module } from '../../compiler/language/module.js'
import { repeat } from '../../compiler/language/movement.js'
import { evaluating } from '../../compiler/language/trace.js'
import { add, sliceAll } from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Encoder, Sites } from '../encoders/encoder.js'
import { conv } from '../layers.js'
import type { Images, Maps } from '../tensors.js'

/** What an encoder has at a site. */
export interface SiteMap<Site extends string = string> {
  readonly site: Site
  readonly channels: number
  /** Pixels of the image per place of the map. */
  readonly stride: number
}
/** An encoder of images of 3 channels, whatever its features. */
export type ImageEncoder<Site extends string = string> = Encoder<any, any, Site>

/** Large enough for a stride of 32. */
const PROBE = 128
/** The maps of an encoder, in order: its sites with values `[N, C, H, W]`, as tracing it on one image finds them. Not to be called inside an entry. */
export function mapsOf<Site extends string>(encoder: ImageEncoder<Site>): SiteMap<Site>[] {
  const found: SiteMap<Site>[] = []
  const body = ({ images }: { images: Images }) => ({
    features: evaluating(() =>
      encoder(
        images,
        watching(encoder.sites, (site, value) => {
          const [, channels, height] = value.shape as number[]
          if (value.shape.length === 4) found.push({ site, channels: channels!, stride: Math.round(PROBE / height!) })
        }),
      ),
    ),
  })
  trace('maps', entry({ images: [1, 3, PROBE, PROBE] }, body))
  return found
}

/** Sites that change nothing and show their values. */
const watching = <Site extends string>(sites: readonly Site[], see: (site: Site, value: Maps) => void): Sites<Site> =>
  Object.fromEntries(
    sites.map(site => [
      site,
      (value: Maps) => {
        see(site, value)
        return value
      },
    ]),
  ) as Sites<Site>

/** The last map of every stride from 4 on: C2 to C5 of a ResNet, and the last two stages of the small `convnet`. */
const defaultSites = <Site extends string>(maps: readonly SiteMap<Site>[]): Site[] => [
  ...new Map(maps.filter(({ stride }) => stride >= 4).map(({ stride, site }) => [stride, site])).values(),
]

export interface PyramidOptions<Site extends string = string> {
  /** Which maps of the encoder it starts from, finest first. Default: the last of every stride from 4 on. */
  readonly sites?: readonly Site[]
  /** Channels of every map. Default 64. */
  readonly channels?: number
  /** Maps beyond the encoder's coarsest, each by a strided convolution of the one before (FCOS's P6, P7). Default 1. */
  readonly extra?: number
}
export interface Pyramid extends Module {
  /** Maps `[N, channels, H / stride, W / stride]`, finest first. */
  <N extends Dim>(images: Tensor<[N, 3, Dim, Dim], 'f32'>): Tensor<[N, number, number, number], 'f32'>[]
  readonly strides: readonly number[]
  readonly channels: number
}

/**
 * An encoder with a pyramid on it: lateral 1x1 convolutions, sums from coarse to fine by nearest neighbours, a 3x3 convolution of
 * each sum. Variables: `encoder`, `lateral0`, ..., `smooth0`, ..., `extra0`, .... Throws `ShapeError` for a site that is
 * no map of the encoder, or sites that are not ordered from fine to coarse.
 */
export function pyramid<Site extends string>(
  encoder: ImageEncoder<Site>,
  { sites, channels = 64, extra = 1 }: PyramidOptions<NoInfer<Site>> = {},
): Pyramid {
  const known = mapsOf(encoder)
  const maps = (sites ?? defaultSites(known)).map(site => {
    const map = known.find(({ site: name }) => name === site)
    if (!map) throw new ShapeError(`the encoder has no map at ${site}: it has ${known.map(m => m.site).join(', ')}`)
    return map
  })
  if (maps.length === 0)
    throw new ShapeError(
      `the encoder has no map of stride 4 or more, only ${known.map(({ site, stride }) => `${site} (${stride})`).join(', ') || 'rows of features'}: name the sites`,
    )
  const strides = maps.map(({ stride }) => stride)
  if (strides.some((stride, i) => i > 0 && stride <= strides[i - 1]!))
    throw new ShapeError(`a pyramid goes from fine to coarse, but its sites have strides ${strides.join(', ')}`)
  const built = module(({ use }) => {
    const mounted = use('encoder', encoder)
    const lateral = maps.map((map, i) => use(`lateral${i}`, conv(map.channels, channels, 1)))
    const smooth = maps.map((_, i) => use(`smooth${i}`, conv(channels, channels, 3, { padding: 1 })))
    const further = Array.from({ length: extra }, (_, i) =>
      use(`extra${i}`, conv(channels, channels, 3, { stride: 2, padding: 1 })),
    )
    return (images: Images): Maps[] => {
      const seen = new Map<string, Maps>()
      const see = (site: Site, value: Maps): void => void seen.set(site, value)
      mounted(
        images,
        watching(
          maps.map(({ site }) => site),
          see,
        ),
      )
      const flat = maps.map(({ site }, i): Maps => lateral[i]!(seen.get(site)!))
      for (let i = flat.length - 2; i >= 0; i--) flat[i] = add(flat[i]!, enlarged(flat[i + 1]!, flat[i]!))
      const levels = flat.map((sum, i): Maps => smooth[i]!(sum))
      for (const step of further) levels.push(step(levels.at(-1)!))
      return levels
    }
  })
  const beyond = Array.from({ length: extra }, (_, i) => strides.at(-1)! * 2 ** (i + 1))
  return Object.assign(built, { strides: [...strides, ...beyond], channels }) as unknown as Pyramid
}

/** The coarse map at the size of the fine one: every place repeated, what is over cut off. */
function enlarged(coarse: Maps, fine: Maps): Maps {
  const [count, channels, height, width] = fine.shape as [number, number, number, number]
  const times = [2, 3].map(axis => Math.ceil(fine.shape[axis]! / coarse.shape[axis]!))
  const larger = repeat(repeat(coarse, times[0]!, 2), times[1]!, 3)
  if (larger.shape[2]! < height || larger.shape[3]! < width)
    throw new ShapeError(`a map of ${show(coarse.shape)} cannot be enlarged to ${show(fine.shape)}`)
  return sliceAll(larger, [0, 0, 0, 0], [count, channels, height, width], [1, 1, 1, 1])
}
