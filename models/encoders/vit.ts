/**
 * Vision transformers (Dosovitskiy et al. 2021, arXiv 2010.11929) without their classifier. Variables have the names of
 * timm's `vit` models, but for the patch embedding (`patch_embed.weight`).
 */
import type { Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { mean } from '../../compiler/language/math.js'
import { module } from '../../compiler/language/module.js'
import { rearrange } from '../../compiler/language/pattern.js'
import { add, broadcastTo, concat, reshape, slice } from '../../compiler/ops/index.js'
import { normalWith } from '../init.js'
import { type BlockOptions, conv, layerNorm, transformerBlock } from '../layers.js'
import { type Encoder, encoderBody, type Option } from './encoder.js'

const EPSILON = 1e-6

/** How `vit` is built. */
export interface VitOptions extends Pick<BlockOptions, 'heads' | 'mlp'> {
  /** Height and width of the images; a number for both. */
  readonly size: number | readonly [number, number]
  /** Side of the square patches; must divide the size. */
  readonly patch: number
  /** Size of a token, and of the result; the heads must divide it. */
  readonly features: number
  /** Number of blocks. */
  readonly depth: number
  /** Channels of the images. Default 3. */
  readonly channels?: number
  /** The result: the class token (`'class'`, default), or the mean of the patches (`'mean'`), both after the norm. */
  readonly pool?: 'class' | 'mean'
}
type Site = 'patches' | 'tokens' | `block${number}` | 'normed' | 'pooled'
/**
 * `[N, channels, H, W]` to `[N, features]`: patches as tokens, a class token before them, learned positions, `depth` blocks
 * and a norm, of which the class token is the result, or the mean of the patches (`pool`). Sites: `patches` (`[N, patches, features]`, before
 * positions), `tokens` (`[N, 1 + patches, features]`), the blocks `block0`, `block1`, ... of the same shape, `normed`, `pooled`. From
 * `tokens` on there may be fewer. Throws `ShapeError`.
 */
export function vit<const O extends VitOptions>(options: O): Encoder<Option<O, 'channels', 3>, O['features'], Site> {
  checkOptions('vit', options, ['size', 'patch', 'features', 'depth', 'channels', 'pool', 'heads', 'mlp'])
  const { size, patch, features, depth, channels = 3, pool = 'class', ...block }: VitOptions = options
  const [height, width] = typeof size === 'number' ? [size, size] : size
  const count = (height / patch) * (width / patch)
  if (!Number.isInteger(height / patch) || !Number.isInteger(width / patch))
    throw new ShapeError(`vit: patches of ${patch} do not divide images of ${height} by ${width}`)
  return module(({ param, use }) => {
    const first = param('cls_token', [1, 1, features], normalWith(0.02))
    const positions = param('pos_embed', [1, 1 + count, features], normalWith(0.02))
    const embed = use('patch_embed', conv(channels, features, patch, { stride: patch }))
    const names = Array.from({ length: depth }, (_, i) => `block${i}`)
    const blocks = use(
      'blocks',
      module(({ use }) => {
        const mounted = names.map((_, i) => use(`${i}`, transformerBlock(features, { ...block, eps: EPSILON })))
        return (tokens: Untyped, visit: (site: string, value: Untyped) => Untyped) =>
          mounted.reduce((x, step, i) => visit(names[i]!, step(x)), tokens)
      }),
    )
    const norm = use('norm', layerNorm(features, { eps: EPSILON }))
    const compute = (
      images: Untyped,
      visit: (site: string, value: Untyped) => Untyped,
      asked: (site: string) => boolean,
    ) => {
      const rows = images.shape[0]!
      if (images.shape[2] !== height || images.shape[3] !== width)
        throw new ShapeError(`vit: images are ${show(images.shape)}, the positions are for ${height} by ${width}`)
      const patches = visit('patches', rearrange(embed(images), 'n d h w -> n (h w) d'))
      const classes = broadcastTo(first, [rows, 1, features])
      const tokens = add(concat(classes, patches, 1), positions)
      const last = blocks(visit('tokens', tokens), visit)
      // The norm is per token, so that those that nobody looks at need not be computed.
      const whole = pool === 'mean' || asked('normed')
      const normed = whole ? visit('normed', norm(last)) : norm(slice(last, 1, 0, 1))
      const pooled =
        pool === 'mean' ? mean(slice(normed, 1, 1), [1]) : reshape(slice(normed, 1, 0, 1), [rows, features])
      return visit('pooled', pooled)
    }
    const grid = { height: height / patch, width: width / patch, patch, channels }
    const sites = ['patches', 'tokens', ...names, 'normed', 'pooled']
    return encoderBody(features, sites, compute, { fewer: site => site !== 'patches', grid })
  }) as unknown as Encoder<Option<O, 'channels', 3>, O['features'], Site>
}

/** What the transformers of a published size may be told: the size of images and patches. */
export type NamedVitOptions = Pick<VitOptions, 'size' | 'channels' | 'pool'> & {
  /** Default 16; 4 for images of 32 pixels. */
  readonly patch?: number
}
type Named<O, D extends number> = Encoder<Option<O, 'channels', 3>, D, Site>
/**
 * ViT-Ti of DeiT (Touvron et al. 2021, arXiv 2012.12877, table 1): 12 blocks of 192 features in 3 heads. `size` is the
 * side of the images, `patch` divides it. 2.5 billion operations per image of 224 pixels in patches of 16, 0.73 billion
 * of 32 pixels in patches of 4.
 */
export const vitTiny = <const O extends NamedVitOptions>(options: O): Named<O, 192> =>
  vit({ patch: 16, ...(options as NamedVitOptions), features: 192, depth: 12, heads: 3 }) as unknown as Named<O, 192>
/** ViT-S of DeiT: `vitTiny` with 384 features in 6 heads, about four times the operations. */
export const vitSmall = <const O extends NamedVitOptions>(options: O): Named<O, 384> =>
  vit({ patch: 16, ...(options as NamedVitOptions), features: 384, depth: 12, heads: 6 }) as unknown as Named<O, 384>
